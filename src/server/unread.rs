//! Bodies that were answered before they were read. One without a declared length has no end that the framework could
//! wait for: once nobody holds it, it reads on for as long as the sender likes. Held until the answer is sent, it
//! makes the framework close the connection instead.

use actix_web::HttpMessage as _;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::{ConnectionType, header};
use bytes::Bytes;
use futures_util::Stream;
use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

type Shared = Rc<RefCell<Payload>>;

/// What is left of a request's body.
pub(super) struct Unread(Option<Shared>);

impl Unread {
    /// Takes hold of the body, if its length is not declared; whoever reads it still can.
    pub(super) fn of(request: &mut ServiceRequest) -> Unread {
        if !request.headers().contains_key(header::TRANSFER_ENCODING) {
            return Unread(None);
        }
        let held: Shared = Rc::new(RefCell::new(request.take_payload()));
        let payload = Box::pin(Lent(held.clone()));
        request.set_payload(Payload::Stream { payload });
        Unread(Some(held))
    }

    /// Holds it until the answer is sent, and lets the connection end with it.
    pub(super) fn until_sent(self, mut answer: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
        match self.0 {
            None => answer,
            Some(held) => {
                answer
                    .response_mut()
                    .head_mut()
                    .set_connection_type(ConnectionType::Close);
                answer.map_body(|_, body| BoxBody::new(Answer { body, _held: held }))
            }
        }
    }
}

struct Lent(Shared);

impl Stream for Lent {
    type Item = Result<Bytes, PayloadError>;
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_next(cx)
    }
}

struct Answer {
    body: BoxBody,
    _held: Shared,
}

impl MessageBody for Answer {
    type Error = Box<dyn std::error::Error>;
    fn size(&self) -> BodySize {
        self.body.size()
    }
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_next(cx)
    }
}
