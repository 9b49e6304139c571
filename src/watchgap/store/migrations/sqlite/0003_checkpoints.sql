-- Signed checkpoints of this ledger that are kept with it, as the text of their notes.

create table checkpoint (
    number integer primary key,
    size integer not null,
    note text not null unique
) strict;

create trigger checkpoint_added before insert on checkpoint
when new.number is not (select coalesce(max(number), 0) + 1 from checkpoint)
    or exists (select 1 from checkpoint where note = new.note)
begin select raise(abort, 'checkpoints are numbered without gaps, and each is kept once'); end;

create trigger checkpoint_updated before update on checkpoint
begin select raise(abort, 'a ledger is only added to: nothing in it is changed'); end;

create trigger checkpoint_deleted before delete on checkpoint
begin select raise(abort, 'a ledger is only added to: nothing in it is deleted'); end;
