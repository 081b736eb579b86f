//! What an operator changes by command while the service runs: it holds at the next call of whom it concerns, and each
//! leaves its event in a whole log.

use crate::kit::{Person, Place, Running, count, famn, id};
use std::sync::Arc;

struct Board {
    place: Place,
    server: Running,
}

impl Board {
    async fn new() -> Board {
        let place = tokio::task::spawn_blocking(Place::filled).await.expect("a place");
        let server = Running::serving(&place, &[]);
        Board { place, server }
    }

    async fn signed_in(&self, who: &str) -> Person {
        let nobody = Person::nobody(&self.server.base, Arc::default());
        let board = if who.ends_with(".vans") { "vansbro" } else { "borlange" };
        let email = format!("{who}@example.org");
        nobody.signed_in(board, &email, famn::demo::PASSWORD).await
    }

    /// Gives a command of Borlänge about someone; whether it was done.
    #[track_caller]
    fn does(&self, command: &[&str], who: &str) -> bool {
        let command = [command, &["--board", "borlange"]].concat();
        let told = famn(&self.place, &command, &format!("{who}@example.org\n"));
        assert!(
            told.code == 0 || (told.code == 1 && told.words.contains("none of that name")),
            "{told:?}"
        );
        told.code == 0
    }

    /// The log is whole, and so many events of that action stand in it.
    #[track_caller]
    fn tells(&self, action: &str, times: usize) {
        assert_eq!(
            count(&self.place, &format!("audit_event WHERE action = '{action}'")),
            times
        );
        let whole = famn(&self.place, &["audit", "verify"], "");
        assert_eq!(whole.code, 0, "{whole:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_a_home_sees_nothing_of_it_from_the_next_call_on() {
    let board = Board::new().await;
    let (anna, erik) = (board.signed_in("anna.berg").await, board.signed_in("erik.berg").await);
    let home = id(&anna.get("/me").await.expect(200)["homes"][0]);
    let errand = id(&anna.writes("Vi är hemma på lördag").await);
    erik.opens(&errand).await.expect(200);
    let leave = ["home", "leave", "--home", &home];
    assert!(board.does(&leave, "erik.berg"));
    assert_eq!(
        erik.opens(&errand).await.problem(401),
        "sign-in",
        "the sessions are gone"
    );
    let erik = board.signed_in("erik.berg").await;
    erik.opens(&errand).await.expect(404);
    assert_eq!(erik.get("/me").await.expect(200)["homes"], serde_json::json!([]));
    anna.opens(&errand).await.expect(200);
    for stranger in ["erik.berg", "sara.ohman", "lisa.vans", "ingen"] {
        assert!(!board.does(&leave, stranger), "{stranger} is no member");
    }
    let lisa = board.signed_in("lisa.vans").await;
    let elsewhere = id(&lisa.get("/me").await.expect(200)["homes"][0]);
    assert!(
        !board.does(&["home", "leave", "--home", &elsewhere], "lisa.vans"),
        "another board's home"
    );
    board.tells("member.end", 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_account_is_out_at_once_and_stays_out() {
    let board = Board::new().await;
    let (anna, erik) = (board.signed_in("anna.berg").await, board.signed_in("erik.berg").await);
    assert!(board.does(&["person", "close"], "anna.berg"));
    assert_eq!(anna.get("/me").await.problem(401), "sign-in");
    let again =
        serde_json::json!({"board": "borlange", "email": "anna.berg@example.org", "password": famn::demo::PASSWORD});
    anna.with_token(None).post("/sessions", again).await.expect(401);
    erik.get("/me").await.expect(200);
    assert!(!board.does(&["person", "close"], "anna.berg"), "it is closed");
    assert!(!board.does(&["person", "close"], "lisa.vans"), "another board's");
    board.tells("person.disable", 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deputy_has_the_days_given_and_a_lost_role_takes_them_away() {
    let board = Board::new().await;
    let (anna, jonas) = (board.signed_in("anna.berg").await, board.signed_in("jonas.ahl").await);
    let errand = id(&anna.writes("Vem vikarierar?").await);
    let assignment = anna.assignment().await;
    let today = famn::clock::Clock::system().now().day();
    let stands_in = |from: i32, to: i32| {
        let days = [today.plus_days(from).to_string(), today.plus_days(to).to_string()];
        let command = [
            "assignment",
            "deputy",
            "--assignment",
            &assignment,
            "--from",
            &days[0],
            "--to",
            &days[1],
        ];
        board.does(&command, "jonas.ahl")
    };
    jonas.opens(&errand).await.expect(403);
    assert!(stands_in(-9, -1) && stands_in(1, 9));
    jonas.opens(&errand).await.expect(403);
    assert!(stands_in(0, 0));
    jonas.opens(&errand).await.expect(200);
    jonas.answers(&errand, "Det gör jag i dag").await.expect(201);

    let backwards = [
        "assignment",
        "deputy",
        "--board",
        "borlange",
        "--assignment",
        &assignment,
        "--from",
        "2026-11-22",
        "--to",
        "2026-11-21",
    ];
    let backwards = famn(&board.place, &backwards, "jonas.ahl@example.org\n");
    assert!(
        backwards.code == 1 && backwards.words.contains("to: The end is before the beginning"),
        "{backwards:?}"
    );
    // Nobody answers for the home they live in.
    let own = "assignment deputy --board borlange --from 2026-11-22 --to 2026-11-22 --assignment";
    let own: Vec<&str> = own.split(' ').chain([assignment.as_str()]).collect();
    let own = famn(&board.place, &own, "anna.berg@example.org\n");
    assert!(own.code == 1 && own.words.contains("person: "), "{own:?}");
    let elsewhere = board.signed_in("lisa.vans").await.assignment().await;
    let day = today.to_string();
    let command = [
        "assignment",
        "deputy",
        "--assignment",
        &elsewhere,
        "--from",
        &day,
        "--to",
        &day,
    ];
    assert!(!board.does(&command, "jonas.ahl"), "another board's assignment");
    board.tells("deputy.add", 3);

    let end = ["person", "end-role", "--role", "caseworker"];
    assert!(board.does(&end, "jonas.ahl"));
    jonas.opens(&errand).await.expect(404);
    assert!(!board.does(&end, "jonas.ahl"), "it is ended");
    let odd = famn(
        &board.place,
        &["person", "end-role", "--board", "borlange", "--role", "king"],
        "",
    );
    assert_eq!(odd.code, 2, "{odd:?}");
    board.tells("role.end", 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_invites_whoever_has_no_password_yet() {
    let board = Board::new().await;
    let anna = board.signed_in("anna.berg").await;
    let home = id(&anna.get("/me").await.expect(200)["homes"][0]);
    let invite = |who: &str| {
        let command = "person invite --board borlange --role contractor --home";
        let command: Vec<&str> = command.split(' ').chain([home.as_str()]).collect();
        famn(&board.place, &command, &format!("Moa Myr\n{who}@example.org\n"))
    };
    let before = count(&board.place, "home_member");
    let told = invite("moa.myr");
    assert!(told.code == 0 && told.output.contains("invited"), "{told:?}");
    let again = invite("moa.myr");
    assert!(again.code == 0 && again.output.contains("no letter"), "{again:?}");
    let known = invite("sara.ohman");
    assert!(known.code == 0 && known.output.contains("no letter"), "{known:?}");
    assert_eq!(count(&board.place, "invitation"), 1);
    assert_eq!(count(&board.place, "home_member"), before + 2, "each of the two once");
    board.tells("invitation.send", 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_of_protection_is_set_and_taken_away_by_command() {
    let board = Board::new().await;
    let (anna, eva) = (board.signed_in("anna.berg").await, board.signed_in("eva.strand").await);
    let home = id(&anna.get("/me").await.expect(200)["homes"][0]);
    let (assignment, at) = (anna.assignment().await, format!("/homes/{home}"));
    let seen = async || {
        let listed = eva.get("/protected-homes").await.expect(200)["items"].clone();
        (
            eva.get(&at).await.status.as_u16(),
            listed.as_array().expect("homes").len(),
        )
    };
    assert_eq!(seen().await, (200, 0));
    let named = || count(&board.place, "protected_grant WHERE to_at IS NULL");
    let before = named();
    let ways: [&[&str]; 3] = [
        &["home", "mark", "--home", &home],
        &["assignment", "mark", "--assignment", &assignment],
        &["person", "mark"],
    ];
    for way in ways {
        assert!(
            board.does(&[way, &["--to", "fictitious"]].concat(), "anna.berg"),
            "{way:?}"
        );
        assert_eq!(seen().await, (404, 1), "{way:?}");
        assert!(board.does(&[way, &["--to", "none"]].concat(), "anna.berg"), "{way:?}");
        assert_eq!(seen().await, (200, 0), "{way:?}");
    }
    assert_eq!(named(), before, "nobody stays named");
    let lisa = board.signed_in("lisa.vans").await;
    let elsewhere = id(&lisa.get("/me").await.expect(200)["homes"][0]);
    let other = lisa.assignment().await;
    for (way, who) in [
        (vec!["home", "mark", "--home", &elsewhere], "anna.berg"),
        (vec!["assignment", "mark", "--assignment", &other], "anna.berg"),
        (vec!["person", "mark"], "lisa.vans"),
    ] {
        assert!(
            !board.does(&[&way[..], &["--to", "fictitious"]].concat(), who),
            "another board's: {way:?}"
        );
    }
    let odd = ["person", "mark", "--board", "borlange", "--to", "secret"];
    assert_eq!(famn(&board.place, &odd, "anna.berg@example.org\n").code, 2);
    board.tells("person.protect", 2);
    board.tells("service_user.protect", 2);
}
