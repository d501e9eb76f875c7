-- The signed answer to a case, so that the authority, and nobody else, may have one again that was lost on its way.
ALTER TABLE resolved_case ADD COLUMN resolution bytea;
