//! PostgreSQL's catalogs, a line for each part. What the migrations make is kept beside this (`postgres.txt`): a test
//! makes it anew and holds it, and writes it when asked to (`docs/CONTRIBUTING.md`, "A table"). Expressions are compared
//! without casts, brackets and space, which versions print differently.

use super::Lines;
use crate::error::Result;
use diesel::prelude::*;
use diesel::sql_types::Text;

/// What the migrations make, and the names of those it was made from.
const KEPT: &str = include_str!("postgres.txt");
const FROM: &str = "migration ";

/// Said when the file is not of these migrations, which is a fault of whoever built the program.
pub(super) const STALE: &str =
    "what PostgreSQL has to have was not written anew after the last migration (docs/CONTRIBUTING.md, \"A table\")";

/// Where names are looked for while the catalogs are read: nobody's own function or operator is met.
const CATALOGS_ALONE: &str = "pg_catalog, pg_temp";
/// The ways to look for names that lead to the program's own tables and nowhere before.
const PATHS: [&str; 2] = ["\"$user\", public", "public"];

/// Settings of a role or a database that change neither what a statement finds nor whether it lasts.
const HARMLESS: &[&str] = &[
    "application_name",
    "auto_explain.",
    "client_connection_check_interval",
    "effective_",
    "enable_",
    "idle_",
    "jit",
    "lock_timeout",
    "log_",
    "maintenance_work_mem",
    "max_parallel_",
    "pg_stat_statements.",
    "random_page_cost",
    "seq_page_cost",
    "statement_timeout",
    "tcp_",
    "temp_",
    "timezone",
    "track_",
    "transaction_timeout",
    "work_mem",
];

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    text: String,
}

pub(super) fn migrations() -> impl Iterator<Item = &'static str> {
    KEPT.lines().filter_map(|line| line.strip_prefix(FROM))
}

/// What the migrations of these names make; nothing where the file is of others.
pub(super) fn kept(known: &[String]) -> Option<Lines> {
    let lines = KEPT.lines().filter(|line| !line.starts_with(FROM) && !line.is_empty());
    migrations()
        .eq(known.iter().map(String::as_str))
        .then(|| lines.map(str::to_owned).collect())
}

/// As the file keeps it.
pub(super) fn text(known: &[String], there: &Lines) -> String {
    let migrations = known.iter().map(|name| format!("{FROM}{name}\n"));
    migrations.chain(there.iter().map(|line| format!("{line}\n"))).collect()
}

/// What there is.
pub(super) fn there(db: &mut PgConnection) -> Result<Lines> {
    let before = texts(db, "SELECT pg_catalog.current_setting('search_path') AS text")?.concat();
    look_for_names_in(db, CATALOGS_ALONE)?;
    let mut lines = Lines::new();
    for part in PARTS {
        lines.extend(texts(db, part)?.iter().map(|line| plain(line)));
    }
    for path in texts(db, SEARCH_PATH)?
        .iter()
        .filter(|path| !PATHS.contains(&path.as_str()))
    {
        lines.insert(format!("search_path {path}"));
    }
    for setting in texts(db, SETTINGS)?.iter().filter(|setting| !is_harmless(setting)) {
        lines.insert(format!("a setting of the role or the database: {setting}"));
    }
    look_for_names_in(db, &before)?;
    Ok(lines)
}

fn look_for_names_in(db: &mut PgConnection, path: &str) -> Result<()> {
    let set = "SELECT pg_catalog.set_config('search_path', $1, true) AS text";
    let _: Vec<Line> = diesel::sql_query(set).bind::<Text, _>(path).load(db)?;
    Ok(())
}

fn texts(db: &mut PgConnection, query: &str) -> Result<Vec<String>> {
    let lines: Vec<Line> = diesel::sql_query(query).load(db)?;
    Ok(lines.into_iter().map(|line| line.text).collect())
}

fn is_harmless(setting: &str) -> bool {
    let name = setting.to_lowercase();
    HARMLESS.iter().any(|begins| name.starts_with(begins))
}

/// A line without casts, brackets, quotes of names and more space than one; a function's is its own text.
fn plain(line: &str) -> String {
    let mut rest = line;
    let mut plain = String::with_capacity(line.len());
    while let Some(first) = rest.chars().next().filter(|_| !line.starts_with("function ")) {
        let end = match first {
            '\'' => rest[1..].find('\'').map_or(rest.len(), |at| at + 2),
            ':' if rest.starts_with("::") => cast(rest),
            '(' | ')' => {
                plain.push(' ');
                1
            }
            // Around names that one version takes for words of its own.
            '"' => 1,
            _ => first.len_utf8(),
        };
        if !matches!(first, '(' | ')' | '"') && !rest.starts_with("::") {
            plain.push_str(&rest[..end]);
        }
        rest = &rest[end..];
    }
    plain.push_str(rest);
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How long a cast is: `::text`, `::character varying[]`.
fn cast(text: &str) -> usize {
    let name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '"');
    let mut end = 2 + text[2..].find(|c| !name(c)).unwrap_or(text.len() - 2);
    for more in [" varying", " with time zone", " without time zone", " precision"] {
        if text[end..].starts_with(more) {
            end += more.len();
        }
    }
    while text[end..].starts_with("[]") {
        end += 2;
    }
    end
}

const SEARCH_PATH: &str = "SELECT reset_val AS text FROM pg_catalog.pg_settings WHERE name = 'search_path'";

/// What is set for whoever connects as this role or to this database.
const SETTINGS: &str = "SELECT unnest(setconfig) AS text FROM pg_catalog.pg_db_role_setting \
    WHERE setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())) \
    AND setrole IN (0, (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = session_user), \
    (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user))";

/// Whether `$of` is part of an extension.
macro_rules! of_an_extension {
    ($class:literal, $of:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM pg_catalog.pg_depend e WHERE e.classid = '",
            $class,
            "'::regclass AND e.objid = ",
            $of,
            " AND e.deptype = 'e')"
        )
    };
}

/// Where the program's own tables are, what is looked through before, and what may be before for one connection.
macro_rules! within_reach {
    () => {
        "(n.nspname IN ('public', session_user, current_user) OR n.oid = pg_my_temp_schema())"
    };
}

/// The name of a thing, with its schema where that is not the program's own.
macro_rules! named {
    ($name:literal) => {
        concat!(
            "CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || ",
            $name
        )
    };
}

/// The first object that is not the database's own. Names of the database's own schema that are younger are nobody's
/// of ours.
const PARTS: [&str; 12] = [
    // Tables, views and what else can stand where a table is named.
    concat!(
        "SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' \
         WHEN 'f' THEN 'foreign table' WHEN 'p' THEN 'partitioned table' ELSE 'type' END || ' ' || ",
        named!("c.relname"),
        " || CASE c.relpersistence WHEN 'p' THEN '' ELSE ' persistence ' || c.relpersistence::text END \
         || CASE WHEN c.relrowsecurity THEN ' row security' ELSE '' END \
         || CASE WHEN c.relforcerowsecurity THEN ' forced row security' ELSE '' END \
         || CASE WHEN c.relispartition THEN ' partition' ELSE '' END \
         || CASE WHEN c.reloftype <> 0 AND c.relkind = 'r' THEN ' of a type' ELSE '' END \
         || CASE WHEN c.relkind = 'r' AND a.amname <> 'heap' THEN ' kept as ' || a.amname ELSE '' END \
         || CASE WHEN NOT c.relhastriggers AND EXISTS (SELECT 1 FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid) \
         THEN ' triggers unseen' ELSE '' END AS text \
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_catalog.pg_am a ON a.oid = c.relam \
         WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p', 'c') AND (",
        within_reach!(),
        " OR (n.nspname = 'pg_catalog' AND c.oid >= 16384)) AND NOT ",
        of_an_extension!("pg_catalog.pg_class", "c.oid")
    ),
    "SELECT 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) \
     || CASE WHEN a.attcollation <> t.typcollation THEN ' collate ' || coalesce(k.collname, '') ELSE '' END \
     || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END \
     || CASE a.attidentity::text WHEN '' THEN '' ELSE ' identity ' || a.attidentity::text END \
     || CASE a.attgenerated::text WHEN '' THEN '' ELSE ' generated ' || a.attgenerated::text END \
     || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') AS text \
     FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid \
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
     LEFT JOIN pg_catalog.pg_collation k ON k.oid = a.attcollation \
     LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
     WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f') AND n.nspname = 'public'",
    // NOT NULL is the column's; newer versions tell it here too.
    "SELECT 'constraint ' || k.conname || ' on ' || c.relname || ' ' || pg_get_constraintdef(k.oid) \
     || CASE WHEN k.convalidated THEN '' ELSE ' unproven' END \
     || CASE k.contype WHEN 'f' THEN ' by triggers ' || \
     (SELECT count(*) FROM pg_catalog.pg_trigger t WHERE t.tgconstraint = k.oid) ELSE '' END AS text \
     FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid \
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE k.contype <> 'n' AND n.nspname = 'public'",
    // One that only makes looking faster may be more; one that calls what is not the database's own may not.
    "SELECT CASE WHEN i.indisunique OR i.indisexclusion THEN 'unique ' ELSE '' END \
     || CASE WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass \
     AND d.objid = i.indexrelid AND d.refobjid >= 16384 AND d.refclassid IN ('pg_catalog.pg_proc'::regclass, \
     'pg_catalog.pg_operator'::regclass, 'pg_catalog.pg_opclass'::regclass, 'pg_catalog.pg_collation'::regclass)) \
     THEN 'calling ' ELSE '' END || 'index ' || x.relname || ' on ' || c.relname \
     || substring(pg_get_indexdef(i.indexrelid) from ' USING .*') \
     || CASE WHEN i.indisvalid AND i.indisready AND i.indislive THEN '' ELSE ' out of use' END AS text \
     FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid \
     JOIN pg_catalog.pg_class c ON c.oid = i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
     WHERE n.nspname = 'public'",
    "SELECT 'trigger ' || t.tgname || ' on ' || c.relname || ' type ' || t.tgtype || ' does ' || m.nspname || '.' \
     || p.proname || ' enabled ' || t.tgenabled::text || CASE WHEN t.tgdeferrable THEN ' deferrable' ELSE '' END \
     || CASE WHEN t.tgqual IS NULL THEN '' ELSE ' when ' || t.tgqual::text END || ' columns ' || t.tgattr::text \
     || ' arguments ' || t.tgnargs AS text \
     FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid \
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid \
     JOIN pg_catalog.pg_namespace m ON m.oid = p.pronamespace WHERE NOT t.tgisinternal AND n.nspname = 'public'",
    // The database's own triggers that hold foreign keys: those switched off, or that do something else.
    "SELECT 'trigger of a constraint on ' || c.relname || ' does ' || m.nspname || '.' || p.proname || ' enabled ' \
     || t.tgenabled::text AS text FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid \
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid \
     JOIN pg_catalog.pg_namespace m ON m.oid = p.pronamespace WHERE t.tgisinternal AND n.nspname = 'public' \
     AND (t.tgenabled <> 'O' OR p.oid >= 16384 OR p.proname NOT LIKE 'RI\\_FKey\\_%')",
    "SELECT 'rule ' || r.rulename || ' on ' || c.relname AS text FROM pg_catalog.pg_rewrite r \
     JOIN pg_catalog.pg_class c ON c.oid = r.ev_class JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
     WHERE n.nspname = 'public' AND NOT (c.relkind IN ('v', 'm') AND r.rulename = '_RETURN')",
    "SELECT 'policy ' || p.polname || ' on ' || c.relname AS text FROM pg_catalog.pg_policy p \
     JOIN pg_catalog.pg_class c ON c.oid = p.polrelid",
    "SELECT c.relname || ' inherits from ' || o.relname AS text FROM pg_catalog.pg_inherits i \
     JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid JOIN pg_catalog.pg_class o ON o.oid = i.inhparent \
     JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace WHERE n.nspname = 'public' AND o.relkind NOT IN ('i', 'I')",
    concat!(
        "SELECT 'function ' || ",
        named!("p.proname"),
        " || '(' || pg_get_function_identity_arguments(p.oid) || ') ' || p.prokind::text || ' ' || l.lanname || ' ' \
         || p.provolatile::text || CASE WHEN p.prosecdef THEN ' as its owner' ELSE '' END \
         || coalesce(' with ' || p.proconfig::text, '') || ' gives ' || format_type(p.prorettype, NULL) || ': ' \
         || regexp_replace(p.prosrc, '\\s+', ' ', 'g') AS text \
         FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace \
         JOIN pg_catalog.pg_language l ON l.oid = p.prolang WHERE (",
        within_reach!(),
        " OR (n.nspname = 'pg_catalog' AND p.oid >= 16384)) AND NOT (l.lanname = 'c' AND ",
        of_an_extension!("pg_catalog.pg_proc", "p.oid"),
        ")"
    ),
    concat!(
        "SELECT 'operator ' || ",
        named!("o.oprname"),
        " || ' of ' || format_type(o.oprleft, NULL) || ', ' || format_type(o.oprright, NULL) AS text \
         FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace WHERE (",
        within_reach!(),
        " OR (n.nspname = 'pg_catalog' AND o.oid >= 16384)) AND NOT ",
        of_an_extension!("pg_catalog.pg_operator", "o.oid"),
        " UNION ALL SELECT 'type ' || ",
        named!("t.typname"),
        " FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace \
         WHERE t.typtype <> 'c' AND t.typelem = 0 AND (",
        within_reach!(),
        " OR (n.nspname = 'pg_catalog' AND t.oid >= 16384)) AND NOT ",
        of_an_extension!("pg_catalog.pg_type", "t.oid"),
        " UNION ALL SELECT 'cast from ' || format_type(c.castsource, NULL) || ' to ' || format_type(c.casttarget, NULL) \
         FROM pg_catalog.pg_cast c WHERE c.oid >= 16384 AND c.castsource < 16384 AND c.casttarget < 16384"
    ),
    // What runs at any change of the structure, or when somebody connects; and what switches all triggers off.
    "SELECT 'event trigger ' || e.evtname || ' at ' || e.evtevent AS text FROM pg_catalog.pg_event_trigger e \
     UNION ALL SELECT 'setting ' || s.name || ' = ' || s.reset_val FROM pg_catalog.pg_settings s \
     WHERE s.name = 'session_replication_role' AND s.reset_val <> 'origin'",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_compared_without_what_versions_print_differently() {
        let old = plain("constraint a on b CHECK ((c = ANY (ARRAY['d'::text, '(e)'::character varying])))");
        let new = plain("constraint a on b CHECK (c = ANY (ARRAY['d'::character varying(5), '(e)'::text]::text[]))");
        assert_eq!(
            old,
            "constraint a on b CHECK c = ANY ARRAY['d', '(e)' ]".replace(" ]", "]")
        );
        assert!(new.contains("'(e)'") && !new.contains("::"), "{new}");
        assert_eq!(
            plain("column a.b timestamp with time zone not null"),
            "column a.b timestamp with time zone not null"
        );
        assert_eq!(
            plain("column a.b c default 'x'::timestamp with time zone"),
            "column a.b c default 'x'"
        );
        let function = "function f() gives trigger: (a)::text";
        assert_eq!(plain(function), function);
    }

    #[test]
    fn settings_that_change_nothing_are_told_from_those_that_do() {
        for harmless in [
            "statement_timeout=5s",
            "TimeZone=Europe/Stockholm",
            "log_statement=ddl",
            "work_mem=8MB",
        ] {
            assert!(is_harmless(harmless), "{harmless}");
        }
        for harm in [
            "search_path=evil, public",
            "session_replication_role=replica",
            "synchronous_commit=off",
            "role=x",
        ] {
            assert!(!is_harmless(harm), "{harm}");
        }
    }
}
