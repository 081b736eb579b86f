-- What unit managers have said of the roles in their units, each period anew (lag 2001:454, 10 §).
CREATE TABLE recertification (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    unit_id UUID NOT NULL REFERENCES unit (id),
    grant_id UUID NOT NULL REFERENCES role_grant (id),
    period TEXT NOT NULL,
    keep BOOLEAN NOT NULL,
    reason BYTEA,
    decided_by UUID NOT NULL REFERENCES person (id),
    decided_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX recertification_grant ON recertification (grant_id, period);
CREATE INDEX recertification_unit ON recertification (unit_id, period);
-- That a unit's managers have been told that a period has begun.
CREATE TABLE recertification_told (
    unit_id UUID NOT NULL REFERENCES unit (id),
    period TEXT NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    told_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (unit_id, period)
);
