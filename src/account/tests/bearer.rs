//! Where an access token is looked for.

use super::Place;
use crate::access::Role;
use actix_web::http::header;
use actix_web::test::TestRequest;

const ANNA: &str = "anna@example.org";

#[actix_web::test]
async fn it_comes_in_one_header_and_nowhere_else() {
    let place = Place::new().await;
    place.person(ANNA, Role::Contractor).await;
    let token = place.sign_in(ANNA).await.text("access_token");
    let get = || TestRequest::get().uri("/me");
    let bearer = || (header::AUTHORIZATION, format!("Bearer {token}"));
    let lower = (header::AUTHORIZATION, format!("bearer {token}"));
    assert_eq!(
        place.call(get().insert_header(lower)).await.status,
        200,
        "the scheme's case is free (RFC 9110)"
    );
    let uri = format!("/me?access_token={token}");
    let refused = [
        get(),
        TestRequest::get().uri(&uri),
        get().insert_header((header::COOKIE, format!("__Host-sid={token}; access_token={token}"))),
        get().insert_header((header::AUTHORIZATION, token.clone())),
        get().insert_header((header::AUTHORIZATION, format!("Basic {token}"))),
        get().insert_header((header::AUTHORIZATION, format!("Bearer  {token}"))),
        get().insert_header((header::AUTHORIZATION, format!("Bearer {token}, Bearer {token}"))),
        get().append_header(bearer()).append_header(bearer()),
        get().insert_header((header::PROXY_AUTHORIZATION, format!("Bearer {token}"))),
        get().insert_header(("X-Forwarded-Authorization", format!("Bearer {token}"))),
    ];
    for (nth, request) in refused.into_iter().enumerate() {
        let answer = place.call(request).await;
        assert_eq!(answer.status, 401, "{nth}");
        assert!(answer.headers.contains(&("www-authenticate".into(), "Bearer".into())));
    }
}
