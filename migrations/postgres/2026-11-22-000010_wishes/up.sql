-- Wishes for purchases and trips, their decisions and awards; trips, links and reviews of receipt claims.
INSERT INTO errand_kind VALUES ('purchase_request'), ('travel_request');
INSERT INTO errand_state VALUES ('decided'), ('completed'), ('closed_without_decision'), ('reviewed');
INSERT INTO receipt_state VALUES ('granted'), ('partly_granted'), ('refused');
CREATE TABLE item_category (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO item_category VALUES ('bicycle'), ('moped'), ('mobile_phone'), ('computer'), ('glasses'),
    ('leisure_equipment'), ('leisure_fee'), ('furniture'), ('child_equipment'), ('placement_start'), ('special_diet'),
    ('dental_care'), ('other');
CREATE TABLE payer (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO payer VALUES ('home'), ('invoice');
CREATE TABLE other_cover (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO other_cover VALUES ('none'), ('insurance'), ('high_cost_protection'), ('own_assets'), ('school_or_region');
CREATE TABLE travel_purpose (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO travel_purpose VALUES ('contact_visit'), ('care'), ('school'), ('meeting'), ('leisure'), ('holiday'),
    ('abroad'), ('other');
CREATE TABLE approval_mode (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO approval_mode VALUES ('advance'), ('standing');
CREATE TABLE travel_mode (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO travel_mode VALUES ('own_car'), ('public_transport'), ('train'), ('taxi'), ('flight'), ('other');
CREATE TABLE guardian_consent (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO guardian_consent VALUES ('awaiting'), ('given'), ('not_needed');
CREATE TABLE decision_outcome (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO decision_outcome VALUES ('granted'), ('partly_granted'), ('refused'), ('dismissed');
CREATE TABLE warning_code (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO warning_code VALUES ('base_cost'), ('old_receipt'), ('same_amount_and_date'), ('over_award'),
    ('without_request'), ('after_award');

-- What a wish says, as it was sent; its texts lie sealed under the errand's key.
CREATE TABLE purchase_request (
    errand_id UUID PRIMARY KEY NOT NULL REFERENCES errand (id),
    board_id UUID NOT NULL REFERENCES board (id),
    item_category TEXT NOT NULL REFERENCES item_category (name),
    description BYTEA NOT NULL,
    estimated_ore BIGINT NOT NULL,
    reasons BYTEA NOT NULL,
    who_pays TEXT NOT NULL REFERENCES payer (name),
    supplier BYTEA,
    link BYTEA,
    needed_by TEXT,
    childs_view BYTEA,
    own_contribution_ore BIGINT
);
CREATE TABLE purchase_cover (
    errand_id UUID NOT NULL REFERENCES errand (id),
    cover TEXT NOT NULL REFERENCES other_cover (name),
    board_id UUID NOT NULL REFERENCES board (id),
    PRIMARY KEY (errand_id, cover)
);
CREATE TABLE travel_request (
    errand_id UUID PRIMARY KEY NOT NULL REFERENCES errand (id),
    board_id UUID NOT NULL REFERENCES board (id),
    purpose TEXT NOT NULL REFERENCES travel_purpose (name),
    approval_mode TEXT NOT NULL REFERENCES approval_mode (name),
    from_place BYTEA NOT NULL,
    to_place BYTEA NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    adults BIGINT NOT NULL,
    children BIGINT NOT NULL,
    mode TEXT NOT NULL REFERENCES travel_mode (name),
    distance_m BIGINT,
    return_trip BOOLEAN NOT NULL,
    other_costs_ore BIGINT,
    reasons BYTEA NOT NULL,
    country BYTEA,
    passport BOOLEAN,
    guardian_consent TEXT REFERENCES guardian_consent (name),
    insurance BOOLEAN
);

-- Decisions are final: a change is a new one that supersedes the one before, and that only once.
CREATE TABLE decision (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    errand_id UUID NOT NULL REFERENCES errand (id),
    outcome TEXT NOT NULL REFERENCES decision_outcome (name),
    amount_ore BIGINT,
    conditions BYTEA,
    valid_until TEXT,
    reasons BYTEA,
    decided_by UUID NOT NULL REFERENCES person (id),
    decided_at TIMESTAMPTZ NOT NULL,
    supersedes UUID UNIQUE REFERENCES decision (id),
    CHECK ((outcome IN ('granted', 'partly_granted')) = (amount_ore IS NOT NULL)),
    CHECK ((amount_ore IS NULL) = (valid_until IS NULL))
);
CREATE INDEX decision_errand ON decision (errand_id, id);
CREATE FUNCTION decision_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a decision is neither changed nor removed';
END;
$$;
CREATE TRIGGER decision_is_final BEFORE UPDATE OR DELETE ON decision
    FOR EACH ROW EXECUTE FUNCTION decision_is_final();
-- An award (beviljande): what receipts may be handed in for. It ends when a later decision takes its place or the wish
-- is completed.
CREATE TABLE award (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    errand_id UUID NOT NULL REFERENCES errand (id),
    decision_id UUID NOT NULL UNIQUE REFERENCES decision (id),
    assignment_id UUID NOT NULL REFERENCES assignment (id),
    amount_ore BIGINT NOT NULL CHECK (amount_ore > 0),
    valid_until TEXT NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX award_standing ON award (errand_id) WHERE ended_at IS NULL;
CREATE INDEX award_assignment ON award (assignment_id, id);
-- Why an errand was moved, where the move asks for it.
CREATE TABLE move_reason (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    errand_id UUID NOT NULL REFERENCES errand (id),
    state TEXT NOT NULL REFERENCES errand_state (name),
    reason BYTEA NOT NULL,
    given_by UUID NOT NULL REFERENCES person (id),
    given_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX move_reason_errand ON move_reason (errand_id, id);

-- The wish that granted what a claim is for.
CREATE TABLE claim_request (
    errand_id UUID PRIMARY KEY NOT NULL REFERENCES errand (id),
    request_id UUID NOT NULL REFERENCES errand (id),
    board_id UUID NOT NULL REFERENCES board (id)
);
CREATE INDEX claim_request_request ON claim_request (request_id);
ALTER TABLE receipt ADD COLUMN granted_ore BIGINT;
CREATE INDEX receipt_purchased ON receipt (purchased_on, amount_ore);
-- Trips by one's own car; the sum is the distance at the day's rate.
CREATE TABLE trip (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    errand_id UUID NOT NULL REFERENCES errand (id),
    position BIGINT NOT NULL,
    driven_on TEXT NOT NULL,
    purpose BYTEA NOT NULL,
    from_place BYTEA NOT NULL,
    to_place BYTEA NOT NULL,
    distance_m BIGINT NOT NULL,
    odometer_start BIGINT,
    odometer_end BIGINT,
    amount_ore BIGINT NOT NULL,
    state TEXT NOT NULL REFERENCES receipt_state (name),
    granted_ore BIGINT,
    UNIQUE (errand_id, position)
);
CREATE INDEX trip_driven ON trip (driven_on, distance_m);
-- Reviews (granskning), and what each said of each line; the lines bear the newest.
CREATE TABLE review (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    errand_id UUID NOT NULL REFERENCES errand (id),
    reviewed_by UUID NOT NULL REFERENCES person (id),
    reviewed_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX review_errand ON review (errand_id, id);
CREATE TABLE review_line (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    review_id UUID NOT NULL REFERENCES review (id),
    receipt_id UUID REFERENCES receipt (id),
    trip_id UUID REFERENCES trip (id),
    outcome TEXT NOT NULL REFERENCES receipt_state (name),
    granted_ore BIGINT NOT NULL,
    reason BYTEA,
    CHECK ((receipt_id IS NULL) <> (trip_id IS NULL)),
    UNIQUE (review_id, receipt_id),
    UNIQUE (review_id, trip_id)
);
-- What either side is to look at twice, found when the errand came.
CREATE TABLE warning (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    errand_id UUID NOT NULL REFERENCES errand (id),
    code TEXT NOT NULL REFERENCES warning_code (name),
    receipt_id UUID REFERENCES receipt (id),
    trip_id UUID REFERENCES trip (id)
);
CREATE INDEX warning_errand ON warning (errand_id, id);
-- Keyed hashes of what a home has handed in as receipts: the same file counts once, until its claim is withdrawn.
CREATE TABLE receipt_content (
    home_id UUID NOT NULL REFERENCES home (id),
    token BYTEA NOT NULL,
    errand_id UUID NOT NULL REFERENCES errand (id),
    board_id UUID NOT NULL REFERENCES board (id),
    PRIMARY KEY (home_id, token)
);
CREATE INDEX receipt_content_errand ON receipt_content (errand_id);
