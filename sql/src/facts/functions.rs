//! Functions that write or that move, by their PostgreSQL names.
//!
//! Source: PostgreSQL 15 manual, chapter 9 (functions) and appendix F (dblink). User-defined
//! functions can do anything; sessions are opened read-only for that reason too.

/// Functions that change something, or reach out of the database. `*` stands for any ending.
pub(super) const WRITING: &[&str] = &[
    "dblink*",
    "lo_*",
    "loread",
    "lowrite",
    "nextval",
    "pg_advisory_*",
    "pg_backup_*",
    "pg_cancel_backend",
    "pg_copy_*",
    "pg_create_*",
    "pg_drop_*",
    "pg_export_snapshot",
    "pg_import_system_collations",
    "pg_logical_*",
    "pg_notify",
    "pg_promote",
    "pg_reload_conf",
    "pg_replication_*",
    "pg_rotate_logfile",
    "pg_start_backup",
    "pg_stat_reset*",
    "pg_stop_backup",
    "pg_switch_wal",
    "pg_terminate_backend",
    "pg_try_advisory_*",
    "pg_wal_replay_*",
    "query_to_xml*",
    "set_config",
    "setseed",
    "setval",
    "txid_current",
    "pg_current_xact_id",
];

/// Functions whose value differs from run to run, or from engine to engine by design.
pub(super) const VOLATILE: &[&str] = &[
    "clock_timestamp",
    "current_catalog",
    "current_database",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "gen_random_uuid",
    "inet_client_addr",
    "inet_server_addr",
    "localtime",
    "localtimestamp",
    "now",
    "pg_backend_pid",
    "pg_postmaster_start_time",
    "pg_sleep",
    "random",
    "session_user",
    "statement_timestamp",
    "timeofday",
    "transaction_timestamp",
    "txid_current_if_assigned",
    "user",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "version",
];

/// Aggregates whose value depends on the order of their input.
pub(super) const ORDER_SENSITIVE_AGGREGATES: &[&str] =
    &["array_agg", "json_agg", "json_object_agg", "jsonb_agg", "string_agg", "xmlagg"];
