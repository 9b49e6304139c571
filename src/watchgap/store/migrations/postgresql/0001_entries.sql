-- Entries, the heads of their tree, what the ledger is called, and which migrations made it.
-- `leaf` is the one truth; `completed` holds the hashes of the tree that the entry completes; every other column
-- of `entry` is derived from the leaf, for queries. Times are seconds, and days, from 1970 on.
-- Each statement stands as the server itself would write it, so that verification can compare the two.
-- The triggers on inserts look at a whole statement at once, so that COPY stays fast.

create table migration (
    number bigint primary key,
    name text not null,
    digest text not null
);

create table meta (
    number bigint primary key check (number = 1),
    origin text not null
);

create table entry (
    number bigint primary key,
    type text not null check (type in ('fact', 'source')),
    name text collate "C" not null,
    kind text,
    subject text,
    first bigint,
    last bigint,
    width_class bigint,
    recorded bigint,
    supersedes text collate "C",
    entered text not null,
    leaf text not null,
    completed bytea not null
);

create unique index fact_name on entry using btree (name) where (type = 'fact'::text);
create index source_name on entry using btree (name, number) where (type = 'source'::text);
create index fact_extent on entry using btree (width_class, first) where (type = 'fact'::text);
create index fact_supersedes on entry using btree (supersedes, recorded, number) where (supersedes is not null);

create table head (
    size bigint primary key,
    root bytea not null check (length(root) = 32),
    entered text not null
);

create view facts as select
    number,
    entered,
    leaf::json ->> 'recorder' as recorder,
    leaf::json -> 'content' ->> 'id' as id,
    leaf::json -> 'content' ->> 'kind' as kind,
    leaf::json -> 'content' ->> 'subject' as subject,
    leaf::json -> 'content' ->> 'from' as "from",
    leaf::json -> 'content' ->> 'to' as "to",
    leaf::json -> 'content' ->> 'timing' as timing,
    leaf::json -> 'content' ->> 'recorded' as recorded,
    leaf::json -> 'content' ->> 'detail' as detail,
    leaf::json -> 'content' ->> 'sources' as sources,
    leaf::json -> 'content' ->> 'grade' as grade,
    leaf::json -> 'content' ->> 'read' as read,
    leaf::json -> 'content' ->> 'quote' as quote,
    leaf::json -> 'content' ->> 'note' as note,
    leaf::json -> 'content' ->> 'supersedes' as supersedes,
    leaf::json -> 'content' ->> 'page' as page
from entry where type = 'fact';

create view sources as select
    number,
    entered,
    leaf::json ->> 'recorder' as recorder,
    leaf::json -> 'content' ->> 'key' as key,
    leaf::json -> 'content' ->> 'title' as title,
    leaf::json -> 'content' ->> 'publisher' as publisher,
    leaf::json -> 'content' ->> 'date' as date,
    leaf::json -> 'content' ->> 'url' as url,
    leaf::json -> 'content' ->> 'read' as read,
    leaf::json -> 'content' ->> 'note' as note,
    leaf::json -> 'content' ->> 'digest' as digest,
    leaf::json -> 'content' ->> 'media' as media,
    leaf::json -> 'content' ->> 'size' as size,
    leaf::json -> 'content' ->> 'file' as file
from entry where type = 'source';

create function kept() returns trigger language plpgsql set search_path from current as $$
begin
    raise exception 'a ledger is only added to: nothing in it is changed or deleted';
end $$;

create function numbered() returns trigger language plpgsql set search_path from current as $$
declare
    lowest bigint;
    highest bigint;
    rows bigint;
    before bigint;
    after bigint;
begin
    select min(number), max(number), count(*) into lowest, highest, rows from added;
    execute format('select coalesce((select max(number) from %I where number < $1), 0), max(number) from %I',
        tg_table_name, tg_table_name) into before, after using lowest;
    if rows > 0 and (lowest <> before + 1 or highest <> before + rows or highest <> after) then
        raise exception 'rows of this table are numbered without gaps';
    end if;
    return null;
end $$;

create function growing() returns trigger language plpgsql set search_path from current as $$
begin
    if exists (select 1 from added where size <= 0 or size <> (select max(number) from entry)
        or size <> (select max(size) from head)) then
        raise exception 'a head stands over all entries, and over more than the head before it';
    end if;
    return null;
end $$;

create trigger migration_kept before delete or update or truncate on migration for each statement execute function kept();
create trigger meta_kept before delete or update or truncate on meta for each statement execute function kept();
create trigger entry_kept before delete or update or truncate on entry for each statement execute function kept();
create trigger head_kept before delete or update or truncate on head for each statement execute function kept();
create trigger migration_added after insert on migration referencing new table as added for each statement execute function numbered();
create trigger meta_added after insert on meta referencing new table as added for each statement execute function numbered();
create trigger entry_added after insert on entry referencing new table as added for each statement execute function numbered();
create trigger head_added after insert on head referencing new table as added for each statement execute function growing();

alter table migration enable always trigger migration_kept;
alter table meta enable always trigger meta_kept;
alter table entry enable always trigger entry_kept;
alter table head enable always trigger head_kept;
alter table migration enable always trigger migration_added;
alter table meta enable always trigger meta_added;
alter table entry enable always trigger entry_added;
alter table head enable always trigger head_added;
