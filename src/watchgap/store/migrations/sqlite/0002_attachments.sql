-- Attached documents, by the SHA-256 of their bytes. An attachment has a number of its own, so that none can be
-- replaced by way of its row.

create table attachment (
    number integer primary key,
    digest text not null unique,
    media text not null,
    size integer not null,
    content blob not null
) strict;

create trigger attachment_added before insert on attachment
when new.number is not (select coalesce(max(number), 0) + 1 from attachment)
    or exists (select 1 from attachment where digest = new.digest)
begin select raise(abort, 'attachments are numbered without gaps, and each is kept once'); end;

create trigger attachment_updated before update on attachment
begin select raise(abort, 'a ledger is only added to: nothing in it is changed'); end;

create trigger attachment_deleted before delete on attachment
begin select raise(abort, 'a ledger is only added to: nothing in it is deleted'); end;
