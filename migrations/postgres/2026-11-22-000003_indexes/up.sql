-- The sweep asks of a hundred blobs at a time whether any file names them.
CREATE INDEX file_original_blob ON file (original_blob);
CREATE INDEX file_content_blob ON file (content_blob);
-- The reviewer's rare finds: one kind of act, and what was refused or failed. The second holds hardly any rows.
CREATE INDEX audit_event_action ON audit_event (board_id, action, id);
CREATE INDEX audit_event_amiss ON audit_event (board_id, id) WHERE outcome <> 'ok';
