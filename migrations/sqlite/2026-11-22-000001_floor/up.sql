-- The values an enum may take stand in small tables, so that a new value is an INSERT and no table is rebuilt.
CREATE TABLE role (name TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO role VALUES ('contractor'), ('caseworker'), ('team_lead'), ('unit_manager'), ('finance'), ('auditor'),
    ('data_protection_officer'), ('archivist'), ('steward');
CREATE TABLE home_kind (name TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO home_kind VALUES ('foster'), ('emergency'), ('contact_family'), ('contact_person');
CREATE TABLE protection (name TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO protection VALUES ('none'), ('secrecy_marking'), ('protected_registration'), ('fictitious');
CREATE TABLE legal_basis (name TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO legal_basis VALUES ('SoL'), ('LVU'), ('LSS'), ('FB');
CREATE TABLE errand_kind (name TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO errand_kind VALUES ('message'), ('receipt_claim');
CREATE TABLE errand_state (name TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO errand_state VALUES ('received'), ('in_progress'), ('awaiting_home'), ('closed'), ('under_review'),
    ('supplement_requested'), ('withdrawn');
CREATE TABLE message_category (name TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO message_category VALUES ('compensation'), ('contact'), ('school'), ('health'), ('meeting'), ('relief'),
    ('practical'), ('other');
CREATE TABLE receipt_category (name TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO receipt_category VALUES ('bicycle'), ('moped'), ('mobile_phone'), ('computer'), ('glasses'),
    ('leisure_equipment'), ('leisure_fee'), ('furniture'), ('child_equipment'), ('placement_start'), ('special_diet'),
    ('dental_care'), ('other'), ('parking'), ('ticket'), ('medicine'), ('care_fee'), ('meals');
CREATE TABLE receipt_state (name TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO receipt_state VALUES ('submitted');
CREATE TABLE letter_kind (name TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO letter_kind VALUES ('something_new');
CREATE TABLE letter_state (name TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO letter_state VALUES ('waiting'), ('sent');

-- A board (socialnämnd): the tenant and the controller. What stands here is public.
CREATE TABLE board (
    id BLOB PRIMARY KEY NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    administration TEXT NOT NULL,
    audience TEXT NOT NULL,
    phone TEXT NOT NULL,
    email TEXT NOT NULL,
    address TEXT,
    hours TEXT,
    updated_on TEXT NOT NULL,
    passwords_alone INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
-- The lists of a board's public page: kinds of support, links, emergency numbers.
CREATE TABLE board_entry (
    board_id BLOB NOT NULL REFERENCES board (id),
    section TEXT NOT NULL CHECK (section IN ('kind', 'link', 'emergency')),
    position INTEGER NOT NULL,
    code TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (board_id, section, position)
) STRICT, WITHOUT ROWID;
-- A board's keys, each under the root key.
CREATE TABLE board_key (
    board_id BLOB NOT NULL REFERENCES board (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('seal', 'index', 'log')),
    version INTEGER NOT NULL,
    wrapped BLOB NOT NULL,
    PRIMARY KEY (board_id, purpose, version)
) STRICT, WITHOUT ROWID;
-- Keys of the whole installation (the signing key of access tokens), under the root key.
CREATE TABLE instance_key (
    id BLOB PRIMARY KEY NOT NULL,
    purpose TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE unit (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    name TEXT NOT NULL,
    UNIQUE (board_id, name)
) STRICT;

-- People. Names, addresses and numbers are sealed under the person's own key; the tokens are keyed hashes to find them by.
CREATE TABLE person (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    email_token BLOB NOT NULL,
    personal_number_token BLOB,
    name BLOB NOT NULL,
    email BLOB NOT NULL,
    phone BLOB,
    personal_number BLOB,
    version INTEGER NOT NULL,
    wrapped_key BLOB NOT NULL,
    language TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER,
    lock_no INTEGER NOT NULL,
    UNIQUE (board_id, email_token),
    UNIQUE (board_id, personal_number_token)
) STRICT;
CREATE TABLE credential (
    person_id BLOB PRIMARY KEY NOT NULL REFERENCES person (id),
    phc TEXT NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
CREATE TABLE role_grant (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    role TEXT NOT NULL REFERENCES role (name),
    unit_id BLOB REFERENCES unit (id),
    from_at INTEGER NOT NULL,
    to_at INTEGER,
    reason BLOB,
    granted_by BLOB
) STRICT;
CREATE INDEX role_grant_person ON role_grant (person_id);
CREATE TABLE session (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    cookie_hash BLOB UNIQUE,
    acr TEXT NOT NULL,
    amr TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    network_token BLOB NOT NULL,
    ended_at INTEGER,
    lock_no INTEGER NOT NULL
) STRICT;
CREATE INDEX session_person ON session (person_id);
-- Keyed hashes of account with network: where someone has signed in before, strangers elsewhere do not slow them.
CREATE INDEX session_network ON session (network_token);
-- access_used_at: when the access token made with it was first used.
CREATE TABLE refresh_token (
    id BLOB PRIMARY KEY NOT NULL,
    session_id BLOB NOT NULL REFERENCES session (id),
    hash BLOB NOT NULL UNIQUE,
    made_at INTEGER NOT NULL,
    used_at INTEGER,
    access_used_at INTEGER,
    successor_id BLOB,
    dead_at INTEGER
) STRICT;
CREATE INDEX refresh_token_session ON refresh_token (session_id);
-- Wrong sign-ins, counted by keyed hashes of account, network and account with network.
CREATE TABLE sign_in_bucket (
    token BLOB PRIMARY KEY NOT NULL,
    failures INTEGER NOT NULL,
    began_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Homes, the people in them, and the assignments they have.
CREATE TABLE home (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    unit_id BLOB NOT NULL REFERENCES unit (id),
    kind TEXT NOT NULL REFERENCES home_kind (name),
    protected TEXT NOT NULL REFERENCES protection (name),
    name BLOB NOT NULL,
    version INTEGER NOT NULL,
    wrapped_key BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX home_board ON home (board_id);
CREATE TABLE home_member (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    home_id BLOB NOT NULL REFERENCES home (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    from_at INTEGER NOT NULL,
    to_at INTEGER
) STRICT;
CREATE INDEX home_member_person ON home_member (person_id);
CREATE INDEX home_member_home ON home_member (home_id);
CREATE TABLE service_user (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    protected TEXT NOT NULL REFERENCES protection (name),
    first_name BLOB NOT NULL,
    last_name BLOB NOT NULL,
    personal_number BLOB,
    personal_number_token BLOB,
    version INTEGER NOT NULL,
    wrapped_key BLOB NOT NULL,
    UNIQUE (board_id, personal_number_token)
) STRICT;
CREATE TABLE assignment (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    home_id BLOB NOT NULL REFERENCES home (id),
    service_user_id BLOB NOT NULL REFERENCES service_user (id),
    unit_id BLOB NOT NULL REFERENCES unit (id),
    label TEXT NOT NULL,
    kind TEXT NOT NULL REFERENCES home_kind (name),
    legal_basis TEXT NOT NULL REFERENCES legal_basis (name),
    from_on TEXT NOT NULL,
    to_on TEXT,
    caseworker_id BLOB NOT NULL REFERENCES person (id),
    child_caseworker_id BLOB REFERENCES person (id),
    cost_code TEXT,
    created_at INTEGER NOT NULL,
    UNIQUE (board_id, label)
) STRICT;
CREATE INDEX assignment_home ON assignment (home_id);
CREATE INDEX assignment_caseworker ON assignment (caseworker_id);
CREATE INDEX assignment_unit ON assignment (unit_id);
CREATE TABLE deputy (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    assignment_id BLOB NOT NULL REFERENCES assignment (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    from_on TEXT NOT NULL,
    to_on TEXT NOT NULL
) STRICT;
CREATE INDEX deputy_person ON deputy (person_id);
CREATE INDEX deputy_assignment ON deputy (assignment_id);

-- Errands. The row for the numbers is made beforehand, so that two first errands of a year do not collide.
CREATE TABLE number_series (
    board_id BLOB NOT NULL REFERENCES board (id),
    year INTEGER NOT NULL,
    last_serial INTEGER NOT NULL,
    PRIMARY KEY (board_id, year)
) STRICT, WITHOUT ROWID;
CREATE TABLE errand (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    home_id BLOB NOT NULL REFERENCES home (id),
    assignment_id BLOB REFERENCES assignment (id),
    kind TEXT NOT NULL REFERENCES errand_kind (name),
    category TEXT REFERENCES message_category (name),
    state TEXT NOT NULL REFERENCES errand_state (name),
    number_year INTEGER NOT NULL,
    number_serial INTEGER NOT NULL,
    subject BLOB,
    urgent INTEGER NOT NULL,
    created_by BLOB NOT NULL REFERENCES person (id),
    assignee_id BLOB REFERENCES person (id),
    received_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    lock_no INTEGER NOT NULL,
    wrapped_key BLOB NOT NULL,
    -- The serial first: an index that begins with the board would lure queries for one person's errands to all of them.
    UNIQUE (number_serial, number_year, board_id)
) STRICT;
-- Partial, so that errands of whole homes are looked for by their home.
CREATE INDEX errand_assignment ON errand (assignment_id, id) WHERE assignment_id IS NOT NULL;
CREATE INDEX errand_home ON errand (home_id, id);
CREATE INDEX errand_assignee ON errand (assignee_id, id);
CREATE TABLE message (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    errand_id BLOB NOT NULL REFERENCES errand (id),
    author_id BLOB NOT NULL REFERENCES person (id),
    side TEXT NOT NULL CHECK (side IN ('home', 'team')),
    body BLOB NOT NULL,
    sent_at INTEGER NOT NULL,
    read_at INTEGER
) STRICT;
CREATE INDEX message_errand ON message (errand_id, id);
-- Internal notes: a table of their own, so that no query for a home can meet them.
CREATE TABLE note (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    errand_id BLOB NOT NULL REFERENCES errand (id),
    author_id BLOB NOT NULL REFERENCES person (id),
    body BLOB NOT NULL,
    written_at INTEGER NOT NULL
) STRICT;
CREATE INDEX note_errand ON note (errand_id, id);
-- Files: until an errand takes one, its key lies under the board's key, then under the errand's.
CREATE TABLE file (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    uploader_id BLOB NOT NULL REFERENCES person (id),
    errand_id BLOB REFERENCES errand (id),
    message_id BLOB REFERENCES message (id),
    name BLOB NOT NULL,
    sha256 BLOB NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    content_size INTEGER NOT NULL,
    original_blob BLOB NOT NULL,
    content_blob BLOB NOT NULL,
    original_key BLOB NOT NULL,
    content_key BLOB NOT NULL,
    wrapped_key BLOB NOT NULL,
    uploaded_at INTEGER NOT NULL,
    lock_no INTEGER NOT NULL
) STRICT;
CREATE INDEX file_errand ON file (errand_id, id);
CREATE INDEX file_unclaimed ON file (uploaded_at) WHERE errand_id IS NULL;
CREATE TABLE receipt (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    errand_id BLOB NOT NULL REFERENCES errand (id),
    position INTEGER NOT NULL,
    file_id BLOB NOT NULL UNIQUE REFERENCES file (id),
    purchased_on TEXT NOT NULL,
    supplier BLOB NOT NULL,
    category TEXT NOT NULL REFERENCES receipt_category (name),
    amount_ore INTEGER NOT NULL,
    vat_ore INTEGER,
    note BLOB,
    state TEXT NOT NULL REFERENCES receipt_state (name),
    UNIQUE (errand_id, position)
) STRICT;
CREATE TABLE read_mark (
    person_id BLOB NOT NULL REFERENCES person (id),
    errand_id BLOB NOT NULL REFERENCES errand (id),
    read_at INTEGER NOT NULL,
    PRIMARY KEY (person_id, errand_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE idempotency (
    person_id BLOB NOT NULL REFERENCES person (id),
    idempotency_key TEXT NOT NULL,
    body_hash BLOB NOT NULL,
    object_id BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (person_id, idempotency_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_made ON idempotency (made_at);

-- Letters to send. A row cannot hold content: a kind and a receiver is all there is.
CREATE TABLE outbox (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL REFERENCES board (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL REFERENCES letter_kind (name),
    state TEXT NOT NULL REFERENCES letter_state (name),
    tries INTEGER NOT NULL,
    next_try_at INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    sent_at INTEGER
) STRICT;
CREATE INDEX outbox_due ON outbox (next_try_at) WHERE state = 'waiting';
CREATE INDEX outbox_person ON outbox (person_id, made_at);

-- The audit log. No foreign keys: the log is verified by its own means, and must be able to show that something else is gone.
CREATE TABLE audit_event (
    id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    leaf BLOB NOT NULL,
    commitments BLOB NOT NULL,
    core TEXT,
    actor TEXT,
    subject TEXT,
    salts BLOB,
    action TEXT,
    outcome TEXT,
    person_id BLOB,
    role TEXT,
    errand_id BLOB,
    home_id BLOB
) STRICT;
CREATE INDEX audit_event_board ON audit_event (board_id, id);
CREATE INDEX audit_event_person ON audit_event (person_id, id);
CREATE INDEX audit_event_errand ON audit_event (errand_id, id);
CREATE INDEX audit_event_home ON audit_event (home_id, id);
CREATE TABLE audit_pending (
    event_id BLOB PRIMARY KEY NOT NULL,
    board_id BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE audit_epoch (
    board_id BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    origin TEXT NOT NULL,
    vkey TEXT NOT NULL,
    sealed_seed BLOB NOT NULL,
    PRIMARY KEY (board_id, epoch)
) STRICT, WITHOUT ROWID;
CREATE TABLE audit_seq (
    board_id BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    leaf_index INTEGER NOT NULL,
    event_id BLOB NOT NULL UNIQUE,
    leaf_hash BLOB NOT NULL,
    PRIMARY KEY (board_id, epoch, leaf_index)
) STRICT, WITHOUT ROWID;
CREATE TABLE audit_tree (
    board_id BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    frontier BLOB NOT NULL,
    PRIMARY KEY (board_id, epoch)
) STRICT, WITHOUT ROWID;
CREATE TABLE audit_checkpoint (
    board_id BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    size INTEGER NOT NULL,
    note TEXT NOT NULL,
    frontier BLOB NOT NULL,
    PRIMARY KEY (board_id, epoch, size)
) STRICT, WITHOUT ROWID;
