//! Runs the `corsac` command as people and scripts do, and looks at all that it prints.

mod support;

mod check;
mod check_verdicts;
mod compile;
mod decide;
mod docs_verdicts;
mod examples;
mod explain;
mod explain_guard;
mod misuse;
mod output;
mod problem_help;
mod problems;
mod test_file_verdicts;
mod test_files;
mod vectors;
mod verdicts;
