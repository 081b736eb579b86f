"""The main job, done by a client that openapi-python-client has made from the document alone.

    main_job.py BASE PASSWORD PICTURE

A foster parent hands in a receipt and asks a question; the caseworker reviews the one and answers the other. mypy
reads this file too: it fits what was made, or it is no client of ours.
"""

import datetime
import io
import sys
import uuid

from famn_client import AuthenticatedClient, Client
from famn_client.api.errands import create_errand, get_errand, list_errands, review_claim, send_message
from famn_client.api.files import get_file_content, upload_file
from famn_client.api.homes import list_assignments
from famn_client.api.sessions import get_me, sign_in, sign_out
from famn_client.models.errand_view import ErrandView
from famn_client.models.listed_assignment_view import ListedAssignmentView
from famn_client.models.listed_errand_row import ListedErrandRow
from famn_client.models.message_view import MessageView
from famn_client.models.new_message import NewMessage
from famn_client.models.new_claim import NewClaim
from famn_client.models.new_claim_kind import NewClaimKind
from famn_client.models.new_message_errand import NewMessageErrand
from famn_client.models.new_message_errand_kind import NewMessageErrandKind
from famn_client.models.new_receipt import NewReceipt
from famn_client.models.new_review import NewReview
from famn_client.models.new_review_line import NewReviewLine
from famn_client.models.problem import Problem
from famn_client.models.receipt_category import ReceiptCategory
from famn_client.models.received import Received
from famn_client.models.review_outcome import ReviewOutcome
from famn_client.models.review_view import ReviewView
from famn_client.models.session_view import SessionView
from famn_client.models.sign_in_body import SignInBody
from famn_client.models.started import Started
from famn_client.types import File


def signed_in(base: str, who: str, password: str) -> AuthenticatedClient:
    body = SignInBody(board="borlange", email=f"{who}@example.org", password=password)
    session = sign_in.sync(client=Client(base_url=base), body=body)
    assert isinstance(session, SessionView), session
    return AuthenticatedClient(base_url=base, token=session.access_token, follow_redirects=False)


def hands_in(anna: AuthenticatedClient, picture: bytes) -> tuple[uuid.UUID, str]:
    assignments = list_assignments.sync(client=anna)
    assert isinstance(assignments, ListedAssignmentView), assignments
    assignment = assignments.items[0].id
    sent = upload_file.sync(
        client=anna,
        body=File(payload=io.BytesIO(picture)),
        content_disposition="attachment; filename*=UTF-8''kvitto%20glas%C3%B6gon.png",
    )
    assert isinstance(sent, Received) and sent.name == "kvitto glasögon.png", sent
    receipt = NewReceipt(
        file_id=sent.id,
        purchased_on=datetime.date.today(),
        supplier="Optikern",
        category=ReceiptCategory.GLASSES,
        amount_ore=24_950,
    )
    claim = NewClaim(kind=NewClaimKind.RECEIPT_CLAIM, assignment_id=assignment, declaration=True, receipts=[receipt])
    key = str(uuid.uuid4())
    started = create_errand.sync(client=anna, body=claim, idempotency_key=key)
    again = create_errand.sync(client=anna, body=claim, idempotency_key=key)
    assert isinstance(started, Started) and isinstance(again, Started), (started, again)
    assert started.id == again.id, "what is sent again is not made again"
    file = get_file_content.sync_detailed(client=anna, id=sent.id)
    assert file.status_code == 200 and file.content.startswith(b"\x89PNG"), file
    return started.id, started.number


def reviews(maria: AuthenticatedClient, claim: uuid.UUID, number: str) -> None:
    found = list_errands.sync(client=maria, number=number)
    assert isinstance(found, ListedErrandRow) and [row.id for row in found.items] == [claim], found
    errand = get_errand.sync(client=maria, id=claim)
    assert isinstance(errand, ErrandView), errand
    assert errand.receipts, errand
    line = NewReviewLine(receipt_id=errand.receipts[0].id, outcome=ReviewOutcome.GRANTED)
    review = review_claim.sync(client=maria, id=claim, body=NewReview(lines=[line]))
    assert isinstance(review, ReviewView), review


def main() -> None:
    base, password, picture = sys.argv[1:]
    anna, maria = signed_in(base, "anna.berg", password), signed_in(base, "maria.lind", password)
    with open(picture, "rb") as file:
        claim, number = hands_in(anna, file.read())
    reviews(maria, claim, number)
    seen = get_errand.sync(client=anna, id=claim)
    assert isinstance(seen, ErrandView) and seen.receipts, seen
    assert seen.receipts[0].granted_ore == 24_950, seen.receipts

    asked = create_errand.sync(client=anna, body=NewMessageErrand(kind=NewMessageErrandKind.MESSAGE, body="När är mötet?"))
    assert isinstance(asked, Started), asked
    answer = send_message.sync(client=maria, id=asked.id, body=NewMessage(body="På torsdag klockan tio"))
    assert isinstance(answer, MessageView), answer
    thread = get_errand.sync(client=anna, id=asked.id)
    assert isinstance(thread, ErrandView), thread
    assert [message.body for message in thread.messages][-1] == "På torsdag klockan tio", thread

    wrong = get_errand.sync(client=anna, id=uuid.uuid4())
    assert isinstance(wrong, Problem) and wrong.type_ == "/problems/not-found", wrong
    empty = create_errand.sync(client=anna, body=NewMessageErrand(kind=NewMessageErrandKind.MESSAGE, body=""))
    assert isinstance(empty, Problem) and empty.faults and empty.faults[0].field == "body", empty

    me = get_me.sync_detailed(client=anna)
    assert me.status_code == 200, me
    assert sign_out.sync_detailed(client=anna).status_code == 204
    assert get_me.sync_detailed(client=anna).status_code == 401
    print("done")


main()
