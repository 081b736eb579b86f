-- Assignments that the team keeps shut to their homes, and how the errands of each stood at that moment.
CREATE TABLE restriction (
    id UUID PRIMARY KEY NOT NULL,
    board_id UUID NOT NULL REFERENCES board (id),
    assignment_id UUID NOT NULL REFERENCES assignment (id),
    reason BYTEA NOT NULL,
    restricted_by UUID NOT NULL REFERENCES person (id),
    restricted_at TIMESTAMPTZ NOT NULL,
    lift_reason BYTEA,
    lifted_by UUID REFERENCES person (id),
    lifted_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX restriction_standing ON restriction (assignment_id) WHERE lifted_at IS NULL;
CREATE INDEX restriction_assignment ON restriction (assignment_id);
CREATE TABLE restricted_errand (
    errand_id UUID PRIMARY KEY NOT NULL REFERENCES errand (id),
    restriction_id UUID NOT NULL REFERENCES restriction (id),
    board_id UUID NOT NULL REFERENCES board (id),
    state TEXT NOT NULL REFERENCES errand_state (name),
    version BIGINT NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX restricted_errand_restriction ON restricted_errand (restriction_id);
