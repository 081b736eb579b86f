DROP INDEX audit_event_amiss;
DROP INDEX audit_event_action;
DROP INDEX file_content_blob;
DROP INDEX file_original_blob;
