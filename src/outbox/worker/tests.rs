use super::*;

#[test]
fn pauses_grow_to_a_limit_and_differ() {
    let seconds = |tries| (0..200).map(move |_| pause(PUT_OFF, tries).as_secs());
    for (tries, whole) in [(1, 60), (2, 120), (5, 960), (7, 3600), (40, 3600), (i64::MAX, 3600)] {
        let (least, most) = (seconds(tries).min().unwrap(), seconds(tries).max().unwrap());
        assert!(
            least >= whole / 2 && most <= whole && least < most,
            "{tries}: {least}..{most}"
        );
    }
    assert!(pause(SERVER_BACK, 90) <= Duration::from_secs(120));
}
