//! A small writer of JPEG that can do what cameras and programs do, and what they should not. Every component has one
//! value all over.

/// How it is written.
#[derive(Clone)]
pub struct Jpeg {
    pub size: (u16, u16),
    /// The frame's marker: 0xC0 is baseline, 0xC2 progressive.
    pub frame: u8,
    /// Number, sampling across and down, value.
    pub components: Vec<(u8, u8, u8, u8)>,
    /// Units between restart markers; none where 0.
    pub restart: u16,
    /// All components in one scan.
    pub together: bool,
    /// What follows the first bytes: segments of applications.
    pub applications: Vec<u8>,
}

impl Jpeg {
    /// 40 by 24 pixels of brightness and two colours, these as fine as the first.
    pub fn new() -> Jpeg {
        Jpeg {
            size: (40, 24),
            frame: 0xC0,
            components: vec![(1, 1, 1, 120), (2, 1, 1, 90), (3, 1, 1, 170)],
            restart: 0,
            together: true,
            applications: Vec::new(),
        }
    }

    /// The colour of [`new`](Jpeg::new).
    pub const COLOUR: [u8; 3] = [179, 103, 53];

    fn units(&self) -> (u64, u64) {
        let most = |of: fn(&(u8, u8, u8, u8)) -> u8| u64::from(self.components.iter().map(of).max().unwrap_or(1));
        (
            u64::from(self.size.0).div_ceil(8 * most(|one| one.1)),
            u64::from(self.size.1).div_ceil(8 * most(|one| one.2)),
        )
    }

    pub fn head(&self) -> Vec<u8> {
        let (w, h) = (self.size.0.to_be_bytes(), self.size.1.to_be_bytes());
        let mut frame = vec![8, h[0], h[1], w[0], w[1], self.components.len() as u8];
        for (number, across, down, _) in &self.components {
            frame.extend([*number, across << 4 | down, 0]);
        }
        let table = [&[0][..], &[8; 64]].concat();
        // Of the first coefficient twelve sizes of four bits, of the others only the end.
        let first = [&[0, 0, 0, 0, 12][..], &[0; 12], &(0..12).collect::<Vec<u8>>()].concat();
        let others = [&[0x10, 1][..], &[0; 15], &[0]].concat();
        let restart = match self.restart {
            0 => Vec::new(),
            units => segment(0xDD, &units.to_be_bytes()),
        };
        [
            &[0xFF, 0xD8][..],
            &segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
            &self.applications,
            &segment(0xDB, &table),
            &segment(self.frame, &frame),
            &segment(0xC4, &first),
            &segment(0xC4, &others),
            &restart,
        ]
        .concat()
    }

    /// One scan of some components: from which coefficient to which.
    pub fn scan(&self, of: &[(u8, u8, u8, u8)], (from, to): (u8, u8)) -> Vec<u8> {
        let mut header = vec![of.len() as u8];
        of.iter().for_each(|(number, ..)| header.extend([*number, 0]));
        header.extend([from, to, 0]);
        let mut bits = Bits::default();
        let mut out = segment(0xDA, &header);
        let units = match of {
            [(_, across, down, _)] => {
                let (most_across, most_down) = self
                    .components
                    .iter()
                    .fold((1, 1), |most, one| (one.1.max(most.0), one.2.max(most.1)));
                let blocks = |side: u16, own: u8, most: u8| {
                    (u64::from(side) * u64::from(own)).div_ceil(u64::from(most)).div_ceil(8)
                };
                blocks(self.size.0, *across, most_across) * blocks(self.size.1, *down, most_down)
            }
            _ => self.units().0 * self.units().1,
        };
        let (mut is_first, mut restarts) = (true, 0);
        for unit in 0..units {
            if self.restart > 0 && unit > 0 && unit % u64::from(self.restart) == 0 {
                bits.flush();
                bits.bytes.extend([0xFF, 0xD0 + restarts % 8]);
                restarts += 1;
                is_first = true;
            }
            for (_, across, down, value) in of {
                let blocks = if of.len() == 1 { 1 } else { across * down };
                for block in 0..blocks {
                    if from == 0 {
                        let value = i32::from(*value) - 128;
                        bits.first(if is_first && block == 0 { value } else { 0 });
                    }
                    if to > 0 {
                        bits.push(0, 1);
                    }
                }
            }
            is_first = false;
        }
        bits.flush();
        out.extend(bits.bytes);
        out
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut out = self.head();
        let all = &self.components;
        match (self.frame == 0xC2, self.together) {
            (false, true) => out.extend(self.scan(all, (0, 63))),
            (false, false) => all
                .iter()
                .for_each(|one| out.extend(self.scan(std::slice::from_ref(one), (0, 63)))),
            (true, together) => {
                match together {
                    true => out.extend(self.scan(all, (0, 0))),
                    false => all
                        .iter()
                        .for_each(|one| out.extend(self.scan(std::slice::from_ref(one), (0, 0)))),
                }
                all.iter()
                    .for_each(|one| out.extend(self.scan(std::slice::from_ref(one), (1, 63))));
            }
        }
        out.extend([0xFF, 0xD9]);
        out
    }
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    fn push(&mut self, value: u32, count: u32) {
        self.held = self.held << count | value;
        self.count += count;
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.held >> self.count) as u8;
            self.held &= (1 << self.count) - 1;
            self.bytes.push(byte);
            if byte == 0xFF {
                self.bytes.push(0);
            }
        }
    }

    fn first(&mut self, difference: i32) {
        let size = 32 - difference.unsigned_abs().leading_zeros();
        self.push(size, 4);
        let value = if difference < 0 {
            difference + (1 << size) - 1
        } else {
            difference
        };
        self.push(value as u32, size);
    }

    fn flush(&mut self) {
        if self.count > 0 {
            let rest = 8 - self.count;
            self.push((1 << rest) - 1, rest);
        }
    }
}

pub fn segment(code: u8, content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u16 + 2).to_be_bytes();
    [&[0xFF, code][..], &length, content].concat()
}
