-- The values an enum may take stand in small tables, so that a new value is an INSERT and no table is rebuilt.
CREATE TABLE role (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO role VALUES ('contractor'), ('caseworker'), ('team_lead'), ('unit_manager'), ('finance'), ('auditor'),
    ('data_protection_officer'), ('archivist'), ('steward');
CREATE TABLE home_kind (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO home_kind VALUES ('foster'), ('emergency'), ('contact_family'), ('contact_person');
CREATE TABLE protection (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO protection VALUES ('none'), ('secrecy_marking'), ('protected_registration'), ('fictitious');
CREATE TABLE legal_basis (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO legal_basis VALUES ('SoL'), ('LVU'), ('LSS'), ('FB');
CREATE TABLE errand_kind (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO errand_kind VALUES ('message'), ('receipt_claim');
CREATE TABLE errand_state (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO errand_state VALUES ('received'), ('in_progress'), ('awaiting_home'), ('closed'), ('under_review'),
    ('supplement_requested'), ('withdrawn');
CREATE TABLE message_category (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO message_category VALUES ('compensation'), ('contact'), ('school'), ('health'), ('meeting'), ('relief'),
    ('practical'), ('other');
CREATE TABLE receipt_category (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO receipt_category VALUES ('bicycle'), ('moped'), ('mobile_phone'), ('computer'), ('glasses'),
    ('leisure_equipment'), ('leisure_fee'), ('furniture'), ('child_equipment'), ('placement_start'), ('special_diet'),
    ('dental_care'), ('other'), ('parking'), ('ticket'), ('medicine'), ('care_fee'), ('meals');
CREATE TABLE receipt_state (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO receipt_state VALUES ('submitted');
CREATE TABLE letter_kind (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO letter_kind VALUES ('something_new');
CREATE TABLE letter_state (name TEXT PRIMARY KEY NOT NULL);
INSERT INTO letter_state VALUES ('waiting'), ('sent');

-- A board (socialnämnd): the tenant and the controller. What stands here is public.
CREATE TABLE board (
    id UUID PRIMARY KEY NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    administration TEXT NOT NULL,
    audience TEXT NOT NULL,
    phone TEXT NOT NULL,
    email TEXT NOT NULL,
    address TEXT,
    hours TEXT,
    updated_on TEXT NOT NULL,
    passwords_alone BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
-- The lists of a board's public page: kinds of support, links, emergency numbers.
CREATE TABLE board_entry (
    board_id UUID NOT NULL REFERENCES board (id),
    section TEXT NOT NULL CHECK (section IN ('kind', 'link', 'emergency')),
    position BIGINT NOT NULL,
    code TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (board_id, section, position)
);
-- A board's keys, each under the root key.
CREATE TABLE board_key (
    board_id UUID NOT NULL REFERENCES board (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('seal', 'index', 'log')),
    version BIGINT NOT NULL,
    wrapped BYTEA NOT NULL,
    PRIMARY KEY (board_id, purpose, version)
);
-- Keys of the whole installation (the signing key of access tokens), under the root key.
CREATE TABLE instance_key (
    id UUID PRIMARY KEY NOT NULL,
    purpose TEXT NOT NULL UNIQUE,
    sealed BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE unit (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    name TEXT NOT NULL,
    UNIQUE (board_id, name)
);

-- People. Names, addresses and numbers are sealed under the person's own key; the tokens are keyed hashes to find them by.
CREATE TABLE person (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    email_token BYTEA NOT NULL,
    personal_number_token BYTEA,
    name BYTEA NOT NULL,
    email BYTEA NOT NULL,
    phone BYTEA,
    personal_number BYTEA,
    version BIGINT NOT NULL,
    wrapped_key BYTEA NOT NULL,
    language TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    disabled_at TIMESTAMPTZ,
    lock_no BIGINT NOT NULL,
    UNIQUE (board_id, email_token),
    UNIQUE (board_id, personal_number_token)
);
CREATE TABLE credential (
    person_id UUID PRIMARY KEY NOT NULL REFERENCES person (id),
    phc TEXT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE role_grant (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    person_id UUID NOT NULL REFERENCES person (id),
    role TEXT NOT NULL REFERENCES role (name),
    unit_id UUID REFERENCES unit (id),
    from_at TIMESTAMPTZ NOT NULL,
    to_at TIMESTAMPTZ,
    reason BYTEA,
    granted_by UUID
);
CREATE INDEX role_grant_person ON role_grant (person_id);
CREATE TABLE session (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    person_id UUID NOT NULL REFERENCES person (id),
    cookie_hash BYTEA UNIQUE,
    acr TEXT NOT NULL,
    amr TEXT NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    network_token BYTEA NOT NULL,
    ended_at TIMESTAMPTZ,
    lock_no BIGINT NOT NULL
);
CREATE INDEX session_person ON session (person_id);
-- Keyed hashes of account with network: where someone has signed in before, strangers elsewhere do not slow them.
CREATE INDEX session_network ON session (network_token);
-- access_used_at: when the access token made with it was first used.
CREATE TABLE refresh_token (
    id UUID PRIMARY KEY NOT NULL,
    session_id UUID NOT NULL REFERENCES session (id),
    hash BYTEA NOT NULL UNIQUE,
    made_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    access_used_at TIMESTAMPTZ,
    successor_id UUID,
    dead_at TIMESTAMPTZ
);
CREATE INDEX refresh_token_session ON refresh_token (session_id);
-- Wrong sign-ins, counted by keyed hashes of account, network and account with network.
CREATE TABLE sign_in_bucket (
    token BYTEA PRIMARY KEY NOT NULL,
    failures BIGINT NOT NULL,
    began_at TIMESTAMPTZ NOT NULL,
    last_at TIMESTAMPTZ NOT NULL
);

-- Homes, the people in them, and the assignments they have.
CREATE TABLE home (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    unit_id UUID NOT NULL REFERENCES unit (id),
    kind TEXT NOT NULL REFERENCES home_kind (name),
    protected TEXT NOT NULL REFERENCES protection (name),
    name BYTEA NOT NULL,
    version BIGINT NOT NULL,
    wrapped_key BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX home_board ON home (board_id);
CREATE TABLE home_member (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    home_id UUID NOT NULL REFERENCES home (id),
    person_id UUID NOT NULL REFERENCES person (id),
    from_at TIMESTAMPTZ NOT NULL,
    to_at TIMESTAMPTZ
);
CREATE INDEX home_member_person ON home_member (person_id);
CREATE INDEX home_member_home ON home_member (home_id);
CREATE TABLE service_user (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    protected TEXT NOT NULL REFERENCES protection (name),
    first_name BYTEA NOT NULL,
    last_name BYTEA NOT NULL,
    personal_number BYTEA,
    personal_number_token BYTEA,
    version BIGINT NOT NULL,
    wrapped_key BYTEA NOT NULL,
    UNIQUE (board_id, personal_number_token)
);
CREATE TABLE assignment (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    home_id UUID NOT NULL REFERENCES home (id),
    service_user_id UUID NOT NULL REFERENCES service_user (id),
    unit_id UUID NOT NULL REFERENCES unit (id),
    label TEXT NOT NULL,
    kind TEXT NOT NULL REFERENCES home_kind (name),
    legal_basis TEXT NOT NULL REFERENCES legal_basis (name),
    from_on TEXT NOT NULL,
    to_on TEXT,
    caseworker_id UUID NOT NULL REFERENCES person (id),
    child_caseworker_id UUID REFERENCES person (id),
    cost_code TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (board_id, label)
);
CREATE INDEX assignment_home ON assignment (home_id);
CREATE INDEX assignment_caseworker ON assignment (caseworker_id);
CREATE INDEX assignment_unit ON assignment (unit_id);
CREATE TABLE deputy (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    assignment_id UUID NOT NULL REFERENCES assignment (id),
    person_id UUID NOT NULL REFERENCES person (id),
    from_on TEXT NOT NULL,
    to_on TEXT NOT NULL
);
CREATE INDEX deputy_person ON deputy (person_id);
CREATE INDEX deputy_assignment ON deputy (assignment_id);

-- Errands. The row for the numbers is made beforehand, so that two first errands of a year do not collide.
CREATE TABLE number_series (
    board_id UUID NOT NULL REFERENCES board (id),
    year BIGINT NOT NULL,
    last_serial BIGINT NOT NULL,
    PRIMARY KEY (board_id, year)
);
CREATE TABLE errand (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    home_id UUID NOT NULL REFERENCES home (id),
    assignment_id UUID REFERENCES assignment (id),
    kind TEXT NOT NULL REFERENCES errand_kind (name),
    category TEXT REFERENCES message_category (name),
    state TEXT NOT NULL REFERENCES errand_state (name),
    number_year BIGINT NOT NULL,
    number_serial BIGINT NOT NULL,
    subject BYTEA,
    urgent BOOLEAN NOT NULL,
    created_by UUID NOT NULL REFERENCES person (id),
    assignee_id UUID REFERENCES person (id),
    received_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    lock_no BIGINT NOT NULL,
    wrapped_key BYTEA NOT NULL,
    -- The serial first: an index that begins with the board would lure queries for one person's errands to all of them.
    UNIQUE (number_serial, number_year, board_id)
);
CREATE INDEX errand_assignment ON errand (assignment_id, id);
CREATE INDEX errand_home ON errand (home_id, id);
CREATE INDEX errand_assignee ON errand (assignee_id, id);
CREATE TABLE message (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    errand_id UUID NOT NULL REFERENCES errand (id),
    author_id UUID NOT NULL REFERENCES person (id),
    side TEXT NOT NULL CHECK (side IN ('home', 'team')),
    body BYTEA NOT NULL,
    sent_at TIMESTAMPTZ NOT NULL,
    read_at TIMESTAMPTZ
);
CREATE INDEX message_errand ON message (errand_id, id);
-- Internal notes: a table of their own, so that no query for a home can meet them.
CREATE TABLE note (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    errand_id UUID NOT NULL REFERENCES errand (id),
    author_id UUID NOT NULL REFERENCES person (id),
    body BYTEA NOT NULL,
    written_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX note_errand ON note (errand_id, id);
-- Files: until an errand takes one, its key lies under the board's key, then under the errand's.
CREATE TABLE file (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    uploader_id UUID NOT NULL REFERENCES person (id),
    errand_id UUID REFERENCES errand (id),
    message_id UUID REFERENCES message (id),
    name BYTEA NOT NULL,
    sha256 BYTEA NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    content_type TEXT NOT NULL,
    content_size BIGINT NOT NULL,
    original_blob UUID NOT NULL,
    content_blob UUID NOT NULL,
    original_key BYTEA NOT NULL,
    content_key BYTEA NOT NULL,
    wrapped_key BYTEA NOT NULL,
    uploaded_at TIMESTAMPTZ NOT NULL,
    lock_no BIGINT NOT NULL
);
CREATE INDEX file_errand ON file (errand_id, id);
CREATE INDEX file_unclaimed ON file (uploaded_at) WHERE errand_id IS NULL;
CREATE TABLE receipt (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    errand_id UUID NOT NULL REFERENCES errand (id),
    position BIGINT NOT NULL,
    file_id UUID NOT NULL UNIQUE REFERENCES file (id),
    purchased_on TEXT NOT NULL,
    supplier BYTEA NOT NULL,
    category TEXT NOT NULL REFERENCES receipt_category (name),
    amount_ore BIGINT NOT NULL,
    vat_ore BIGINT,
    note BYTEA,
    state TEXT NOT NULL REFERENCES receipt_state (name),
    UNIQUE (errand_id, position)
);
CREATE TABLE read_mark (
    person_id UUID NOT NULL REFERENCES person (id),
    errand_id UUID NOT NULL REFERENCES errand (id),
    read_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (person_id, errand_id)
);
CREATE TABLE idempotency (
    person_id UUID NOT NULL REFERENCES person (id),
    idempotency_key TEXT NOT NULL,
    body_hash BYTEA NOT NULL,
    object_id UUID NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (person_id, idempotency_key)
);
CREATE INDEX idempotency_made ON idempotency (made_at);

-- Letters to send. A row cannot hold content: a kind and a receiver is all there is.
CREATE TABLE outbox (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    person_id UUID NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL REFERENCES letter_kind (name),
    state TEXT NOT NULL REFERENCES letter_state (name),
    tries BIGINT NOT NULL,
    next_try_at TIMESTAMPTZ NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    sent_at TIMESTAMPTZ
);
CREATE INDEX outbox_due ON outbox (next_try_at) WHERE state = 'waiting';
CREATE INDEX outbox_person ON outbox (person_id, made_at);

-- The audit log. No foreign keys: the log is verified by its own means, and must be able to show that something else is gone.
CREATE TABLE audit_event (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL,
    at_ms BIGINT NOT NULL,
    leaf BYTEA NOT NULL,
    commitments BYTEA NOT NULL,
    core TEXT,
    actor TEXT,
    subject TEXT,
    salts BYTEA,
    action TEXT,
    outcome TEXT,
    person_id UUID,
    role TEXT,
    errand_id UUID,
    home_id UUID
);
CREATE INDEX audit_event_board ON audit_event (board_id, id);
CREATE INDEX audit_event_person ON audit_event (person_id, id);
CREATE INDEX audit_event_errand ON audit_event (errand_id, id);
CREATE INDEX audit_event_home ON audit_event (home_id, id);
CREATE TABLE audit_pending (
    event_id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL
);
CREATE TABLE audit_epoch (
    board_id UUID NOT NULL,
    epoch BIGINT NOT NULL,
    origin TEXT NOT NULL,
    vkey TEXT NOT NULL,
    sealed_seed BYTEA NOT NULL,
    PRIMARY KEY (board_id, epoch)
);
CREATE TABLE audit_seq (
    board_id UUID NOT NULL,
    epoch BIGINT NOT NULL,
    leaf_index BIGINT NOT NULL,
    event_id UUID NOT NULL UNIQUE,
    leaf_hash BYTEA NOT NULL,
    PRIMARY KEY (board_id, epoch, leaf_index)
);
CREATE TABLE audit_tree (
    board_id UUID NOT NULL,
    epoch BIGINT NOT NULL,
    size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    frontier BYTEA NOT NULL,
    PRIMARY KEY (board_id, epoch)
);
CREATE TABLE audit_checkpoint (
    board_id UUID NOT NULL,
    epoch BIGINT NOT NULL,
    size BIGINT NOT NULL,
    note TEXT NOT NULL,
    frontier BYTEA NOT NULL,
    PRIMARY KEY (board_id, epoch, size)
);
