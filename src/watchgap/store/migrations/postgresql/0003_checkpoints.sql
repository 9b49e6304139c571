-- Signed checkpoints of this ledger that are kept with it, as the text of their notes.

create table checkpoint (
    number bigint primary key,
    size bigint not null,
    note text not null
);

create unique index checkpoint_note on checkpoint using btree (md5(note));

create trigger checkpoint_kept before delete or update or truncate on checkpoint for each statement execute function kept();
create trigger checkpoint_added after insert on checkpoint referencing new table as added for each statement execute function numbered();

alter table checkpoint enable always trigger checkpoint_kept;
alter table checkpoint enable always trigger checkpoint_added;
