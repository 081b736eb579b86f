//! A board's own colour: which will do, and the few rules of style that are made of it, in light and in dark. They are
//! served as a stylesheet of their own whose name holds all that it is made of, so that no page bears a style.

use crate::secret::sha256;
use std::fmt;
use std::sync::LazyLock;

/// Red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// Text against its ground (WCAG 2.2, 1.4.3).
const LEGIBLE: f64 = 4.5;
/// What the colour has against dark grounds, where it is made lighter.
const IN_THE_DARK: f64 = 7.0;
const WHITE: Colour = Colour([0xff; 3]);
const BLACK: Colour = Colour([0; 3]);
/// As the stylesheet has them in the dark.
const DARK_PAGE: Colour = Colour([0x10, 0x18, 0x17]);
const DARK_SURFACE: Colour = Colour([0x18, 0x22, 0x1f]);

/// What is made of a colour, for one kind of light.
struct Palette {
    brand: Colour,
    strong: Colour,
    soft: Colour,
    on_brand: Colour,
}

impl Colour {
    /// `#0e4f57`, on which white text can be read; no other will do.
    pub fn parse(text: &str) -> Option<Colour> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let colour = Colour(hex::decode(digits).ok()?.try_into().ok()?);
        (colour.against(WHITE) >= LEGIBLE).then_some(colour)
    }

    /// Where its stylesheet is.
    pub fn sheet(self) -> String {
        // Another rule of making is another name.
        static MADE_BY: LazyLock<String> = LazyLock::new(|| hex::encode(&sha256(ANY.style().as_bytes())[..8]));
        format!("/assets/farg-{}.{}.css", hex::encode(self.0), *MADE_BY)
    }

    /// The colour whose stylesheet is asked for.
    pub(super) fn of_sheet(path: &str) -> Option<Colour> {
        let digits = path.strip_prefix("/assets/farg-")?.get(..6)?;
        Colour::parse(&format!("#{digits}")).filter(|colour| colour.sheet() == path)
    }

    /// The stylesheet. Whoever asks for more contrast has the service's own colours.
    pub(super) fn style(self) -> String {
        let rule = |kind: &str, of: Palette| {
            format!(
                "@media (prefers-color-scheme: {kind}) and (prefers-contrast: no-preference) {{ :root {{ --brand: {}; \
                 --brand-strong: {}; --brand-soft: {}; --on-brand: {}; }} }}\n",
                of.brand, of.strong, of.soft, of.on_brand
            )
        };
        format!(
            "@layer tokens {{\n{}{}}}\n",
            rule("light", self.in_light()),
            rule("dark", self.in_the_dark())
        )
    }

    fn in_light(self) -> Palette {
        Palette {
            brand: self,
            strong: self.mixed(BLACK, 0.3),
            soft: self.mixed(WHITE, 0.88),
            on_brand: WHITE,
        }
    }

    fn in_the_dark(self) -> Palette {
        let lighter = |step: u32| self.mixed(WHITE, f64::from(step) / 20.0);
        let is_seen = |colour: &Colour| colour.against(DARK_SURFACE) >= IN_THE_DARK;
        let brand = (0..=20).map(lighter).find(is_seen).unwrap_or(WHITE);
        Palette {
            brand,
            strong: brand.mixed(WHITE, 0.35),
            soft: self.mixed(DARK_SURFACE, 0.75),
            on_brand: DARK_PAGE,
        }
    }

    /// With so much of another, 0 to 1.
    fn mixed(self, other: Colour, share: f64) -> Colour {
        let part = |at: usize| f64::from(self.0[at]) * (1.0 - share) + f64::from(other.0[at]) * share;
        // A mix of two bytes is one.
        Colour([0, 1, 2].map(|at| part(at).round() as u8))
    }

    /// The contrast of two colours, 1 to 21 (WCAG 2.2).
    fn against(self, other: Colour) -> f64 {
        let (one, other) = (self.luminance() + 0.05, other.luminance() + 0.05);
        (one / other).max(other / one)
    }

    fn luminance(self) -> f64 {
        let linear = |byte: u8| {
            let part = f64::from(byte) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

/// Any colour: what is made of it tells how colours are made.
const ANY: Colour = Colour([0x0e, 0x4f, 0x57]);

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", hex::encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        Colour(hex::decode(&text[1..]).unwrap().try_into().unwrap())
    }

    #[test]
    fn only_a_colour_that_white_is_read_on_will_do() {
        for good in ["#0e4f57", "#767676", "#C8102E", "#000000"] {
            assert!(Colour::parse(good).is_some(), "{good}");
        }
        for bad in [
            "#777777",
            "#ffbe1a",
            "#fff",
            "0e4f57",
            "#0e4f5g",
            "red",
            "",
            "#0e4f57;}",
        ] {
            assert!(Colour::parse(bad).is_none(), "{bad}");
        }
    }

    /// As the stylesheet has them: what stands on what.
    #[test]
    fn whatever_will_do_is_read_wherever_it_stands() {
        let steps = || (0..=255).step_by(17);
        let all = steps().flat_map(|r| steps().flat_map(move |g| steps().map(move |b| Colour([r, g, b]))));
        let mut tried = 0;
        for one in all.filter(|one| one.against(WHITE) >= LEGIBLE) {
            tried += 1;
            let (ink, link) = (["#16211f", "#eaf1ee"], ["#0b5666", "#8fd3de"]);
            for (dark, of) in [one.in_light(), one.in_the_dark()].into_iter().enumerate() {
                let surface = if dark == 1 { DARK_SURFACE } else { WHITE };
                let pairs = [
                    (of.on_brand, of.brand),
                    (of.on_brand, of.strong),
                    (of.brand, surface),
                    (of.strong, of.soft),
                    (colour(ink[dark]), of.soft),
                    (colour(link[dark]), of.soft),
                ];
                for (text, ground) in pairs {
                    let found = text.against(ground);
                    assert!(found >= LEGIBLE, "{one}: {text} on {ground}: {found:.2}");
                }
                // Pictures beside words, and the mark.
                assert!(of.brand.against(of.soft) >= 3.0, "{one}: a picture");
            }
        }
        assert!(tried > 1000, "{tried}");
    }

    #[test]
    fn a_stylesheet_is_found_by_its_whole_name() {
        let one = colour("#c8102e");
        assert_eq!(Colour::of_sheet(&one.sheet()), Some(one));
        for other in [
            "/assets/farg-c8102e.css",
            "/assets/farg-å.css",
            "/assets/farg-ffffff.0011223344556677.css",
        ] {
            assert_eq!(Colour::of_sheet(other), None, "{other}");
        }
        let style = one.style();
        assert!(style.contains("--brand: #c8102e;") && !style.contains("url") && style.starts_with("@layer tokens"));
    }
}
