-- Entries, the heads of their tree, what the ledger is called, and which migrations made it.
-- `leaf` is the one truth; `completed` holds the hashes of the tree that the entry completes; every other column
-- of `entry` is derived from the leaf, for queries. Times are seconds, and days, from 1970 on.
-- A trigger before an insert that asks for the next number also stops INSERT OR REPLACE, which deletes without
-- firing the triggers on deletion.

create table migration (
    number integer primary key,
    name text not null,
    digest text not null
) strict;

create table meta (
    number integer primary key check (number = 1),
    origin text not null
) strict;

create table entry (
    number integer primary key,
    type text not null check (type in ('fact', 'source')),
    name text not null,
    kind text,
    subject text,
    first integer,
    last integer,
    width_class integer,
    recorded integer,
    supersedes text,
    entered text not null,
    leaf text not null,
    completed blob not null
) strict;

create unique index fact_name on entry (name) where type = 'fact';
create index source_name on entry (name, number) where type = 'source';
create index fact_extent on entry (width_class, first) where type = 'fact';
create index fact_supersedes on entry (supersedes, recorded, number) where supersedes is not null;

create table head (
    size integer primary key,
    root blob not null check (length(root) = 32),
    entered text not null
) strict;

create view facts as select
    number,
    entered,
    json_extract(leaf, '$.recorder') as recorder,
    json_extract(leaf, '$.content.id') as id,
    json_extract(leaf, '$.content.kind') as kind,
    json_extract(leaf, '$.content.subject') as subject,
    json_extract(leaf, '$.content.from') as "from",
    json_extract(leaf, '$.content.to') as "to",
    json_extract(leaf, '$.content.timing') as timing,
    json_extract(leaf, '$.content.recorded') as recorded,
    json_extract(leaf, '$.content.detail') as detail,
    json_extract(leaf, '$.content.sources') as sources,
    json_extract(leaf, '$.content.grade') as grade,
    json_extract(leaf, '$.content.read') as read,
    json_extract(leaf, '$.content.quote') as quote,
    json_extract(leaf, '$.content.note') as note,
    json_extract(leaf, '$.content.supersedes') as supersedes,
    json_extract(leaf, '$.content.page') as page
from entry where type = 'fact';

create view sources as select
    number,
    entered,
    json_extract(leaf, '$.recorder') as recorder,
    json_extract(leaf, '$.content.key') as key,
    json_extract(leaf, '$.content.title') as title,
    json_extract(leaf, '$.content.publisher') as publisher,
    json_extract(leaf, '$.content.date') as date,
    json_extract(leaf, '$.content.url') as url,
    json_extract(leaf, '$.content.read') as read,
    json_extract(leaf, '$.content.note') as note,
    json_extract(leaf, '$.content.digest') as digest,
    json_extract(leaf, '$.content.media') as media,
    json_extract(leaf, '$.content.size') as size,
    json_extract(leaf, '$.content.file') as file
from entry where type = 'source';

create trigger migration_added before insert on migration
when new.number is not (select coalesce(max(number), 0) + 1 from migration)
begin select raise(abort, 'migrations are numbered without gaps'); end;

create trigger migration_updated before update on migration
begin select raise(abort, 'a ledger is only added to: nothing in it is changed'); end;

create trigger migration_deleted before delete on migration
begin select raise(abort, 'a ledger is only added to: nothing in it is deleted'); end;

create trigger meta_added before insert on meta
when exists (select 1 from meta)
begin select raise(abort, 'a ledger has one name, which stays'); end;

create trigger meta_updated before update on meta
begin select raise(abort, 'a ledger is only added to: nothing in it is changed'); end;

create trigger meta_deleted before delete on meta
begin select raise(abort, 'a ledger is only added to: nothing in it is deleted'); end;

create trigger entry_added before insert on entry
when new.number is not (select coalesce(max(number), 0) + 1 from entry)
    or (new.type = 'fact' and exists (select 1 from entry where type = 'fact' and name = new.name))
begin select raise(abort, 'entries are numbered without gaps, and each fact has its own id'); end;

create trigger entry_updated before update on entry
begin select raise(abort, 'a ledger is only added to: nothing in it is changed'); end;

create trigger entry_deleted before delete on entry
begin select raise(abort, 'a ledger is only added to: nothing in it is deleted'); end;

create trigger head_added before insert on head
when new.size is not (select max(number) from entry)
    or new.size <= (select coalesce(max(size), 0) from head)
begin select raise(abort, 'a head stands over all entries, and over more than the head before it'); end;

create trigger head_updated before update on head
begin select raise(abort, 'a ledger is only added to: nothing in it is changed'); end;

create trigger head_deleted before delete on head
begin select raise(abort, 'a ledger is only added to: nothing in it is deleted'); end;
