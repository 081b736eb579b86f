-- Errands that came on paper, from a home without a way to sign in: who registered each, the day the paper came, its scan.
CREATE TABLE paper_errand (
    errand_id UUID PRIMARY KEY NOT NULL REFERENCES errand (id),
    board_id UUID NOT NULL REFERENCES board (id),
    registered_by UUID NOT NULL REFERENCES person (id),
    registered_at TIMESTAMPTZ NOT NULL,
    received_on TEXT NOT NULL,
    scan_id UUID NOT NULL REFERENCES file (id)
);
