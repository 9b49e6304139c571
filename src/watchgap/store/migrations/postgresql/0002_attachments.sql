-- Attached documents, by the SHA-256 of their bytes.

create table attachment (
    number bigint primary key,
    digest text not null unique,
    media text not null,
    size bigint not null,
    content bytea not null
);

create trigger attachment_kept before delete or update or truncate on attachment for each statement execute function kept();
create trigger attachment_added after insert on attachment referencing new table as added for each statement execute function numbered();

alter table attachment enable always trigger attachment_kept;
alter table attachment enable always trigger attachment_added;
