//! The three answers to each call, side by side.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use corsac_browser::FetchCall;
use corsac_chromium::{Chromium, Value, json};

use crate::backend::Backend;
use crate::case::{Case, in_run, script};
use crate::compare::{Judged, Witnessed};
use crate::deviation::{DEVIATIONS, Deviation, Show};
use crate::error::Error;
use crate::generate::{Reach, Setting};
use crate::page::{Answer, PLAIN, RUN, SANDBOXED, Said, Told};
use crate::plant::Plant;
use crate::seen::{Read, Seen};
use crate::summary::Summary;
use crate::tap::{Passed, Recorded, Run, Tap};

/// So many cases are handed to a page at once.
const BATCH: usize = 1_000;

/// Chromium remembers 1,024 preflights and then forgets some before their time, as it may. So that none is that has to be remembered,
/// cases with several calls come first, and a browser gets no more cases than leave room for them.
const CASES_PER_BROWSER: usize = 5_000;

/// Room for the deviations' cases beside.
const SOME_MORE: usize = 200;

/// Chromium, and the servers that its pages come from and call.
#[derive(Debug)]
pub struct Judge {
    chromium: Chromium,
    /// How many cases it has had, by which it may have begun to forget.
    used: usize,
    /// How many runs there were.
    runs: usize,
    tap: Tap,
}

impl Judge {
    /// Starts Chromium and the servers.
    ///
    /// # Errors
    ///
    /// Where one of them cannot be had.
    pub async fn start() -> Result<Self, Error> {
        let chromium = Chromium::start().await?;
        Ok(Self { chromium, used: 0, runs: 0, tap: Tap::start().await? })
    }

    /// Where pages and server are, for cases to be made.
    pub fn setting(&self, reach: Reach) -> Setting {
        Setting { page_port: self.tap.page_port, url_origin: format!("http://api.example:{}", self.tap.port), reach }
    }

    /// Judges cases that the core answers, and a mistake if one is planted.
    ///
    /// # Errors
    ///
    /// Where the browser fails; a disagreement is no error.
    pub async fn core(&mut self, cases: Vec<Case>, plant: Option<Plant>) -> Result<Summary, Error> {
        let backend = Backend::Core(cases.clone().into());
        self.judge(&cases, backend, plant).await
    }

    /// Shows each deviation: one that does not happen as listed is a failure.
    ///
    /// # Errors
    ///
    /// Where the browser fails.
    pub async fn deviations(&mut self) -> Result<Summary, Error> {
        let begun = Instant::now();
        let setting = self.setting(Reach::Any);
        self.runs += 1;
        let page = format!("http://app.example:{}", setting.page_port);
        let mut shown: Vec<(&Deviation, Show)> = Vec::new();
        for deviation in &DEVIATIONS {
            let shows = deviation.shown(&page, &setting.url_origin, shown.len(), self.runs);
            shown.extend(shows.into_iter().map(|show| (deviation, show)));
        }
        let answers: Vec<_> = shown.iter().map(|(_, show)| show.answers.clone()).collect();
        let run = Run::new(self.runs, Backend::Fixed(answers.into()), None);
        let calls: Vec<_> = shown.iter().map(|(_, show)| show.calls.clone()).collect();
        let seen = self.seen(&calls, &run).await?;
        let mut summary = Summary { faults: run.log().faults.clone(), ..Summary::default() };
        for (id, (deviation, show)) in shown.iter().enumerate() {
            let seen: Vec<&Seen> = seen.get(&id).into_iter().flatten().map(|witnessed| &witnessed.seen).collect();
            summary.cases += 1;
            match show.differs(deviation, &seen) {
                None => {
                    summary.agreed += 1;
                    *summary.shown.entry(deviation.name).or_default() += 1;
                }
                Some(how) => summary.faults.push(format!("the deviation {} {how}", deviation.name)),
            }
        }
        summary.took = begun.elapsed();
        Ok(summary)
    }

    /// Ends Chromium.
    ///
    /// # Errors
    ///
    /// Where it does not end.
    pub async fn quit(self) -> Result<(), Error> {
        Ok(self.chromium.quit().await?)
    }

    /// Judges cases that it answers.
    pub(crate) async fn judge(
        &mut self,
        cases: &[Case],
        backend: Backend,
        plant: Option<Plant>,
    ) -> Result<Summary, Error> {
        let begun = Instant::now();
        self.runs += 1;
        let behind = backend.behind();
        let run = &Run::new(self.runs, backend, plant);
        let mut cases = cases.to_vec();
        for call in cases.iter_mut().flat_map(|case| &mut case.calls) {
            call.url = in_run(&call.url, self.runs);
        }
        let calls: Vec<Vec<(u64, FetchCall)>> =
            cases.iter().map(|case| case.calls.iter().map(|call| (0, call.clone())).collect()).collect();
        let seen = self.seen(&calls, run).await?;
        let log = run.log();
        let mut summary = Summary {
            faults: log.faults.clone(),
            spoiled: log.spoiled.clone(),
            took: begun.elapsed(),
            ..Summary::default()
        };
        drop(log);
        for (id, case) in cases.iter().enumerate() {
            match seen.get(&id) {
                Some(seen) if seen.len() == case.calls.len() => {
                    Judged { case, behind, plant }.compare(id, seen, &mut summary);
                }
                _ => summary.faults.push(format!("case {id}: the page says nothing of it")),
            }
        }
        Ok(summary)
    }

    /// Has every case called by a page of its origin, and gives what was seen of each call, and the records behind it.
    async fn seen(&mut self, cases: &[Vec<(u64, FetchCall)>], run: &Arc<Run>) -> Result<Evidence, Error> {
        self.tap.turn_to(run);
        let mut outcomes = BTreeMap::new();
        let ids: Vec<usize> = (0..cases.len()).collect();
        for ids in ids.chunks(CASES_PER_BROWSER) {
            if self.used > 0 && self.used + ids.len() > CASES_PER_BROWSER + SOME_MORE {
                self.chromium = Chromium::start().await?;
                self.used = 0;
            }
            self.used += ids.len();
            let (several, single): (Vec<_>, Vec<_>) = ids.iter().partition(|id| cases[**id].len() > 1);
            for ids in [several, single] {
                self.call(cases, &ids, &mut outcomes).await?;
            }
        }
        let mut log = run.log();
        let mut seen = BTreeMap::new();
        let mut faults = Vec::new();
        for (id, read) in outcomes {
            let passed = log.passed.get(&id).map_or(&[][..], Vec::as_slice);
            let borders = passed.iter().filter(|passed| matches!(passed, Passed::Border)).count();
            if borders + 1 != cases[id].len() {
                faults.push(format!("case {id}: {borders} borders between {} calls", cases[id].len()));
            }
            let mut parts = passed.split(|passed| matches!(passed, Passed::Border));
            let each = read.into_iter().zip(&cases[id]).map(|(read, (_, call))| {
                let records = parts.next().unwrap_or_default().iter().filter_map(Passed::exchange);
                let records: Vec<Recorded> = records.cloned().collect();
                Witnessed::new(call, read, records)
            });
            seen.insert(id, each.collect());
        }
        log.faults.extend(faults);
        Ok(seen)
    }

    /// Has the cases called, and adds what the pages read.
    async fn call(
        &self,
        cases: &[Vec<(u64, FetchCall)>],
        ids: &[usize],
        outcomes: &mut BTreeMap<usize, Vec<Option<Read>>>,
    ) -> Result<(), Error> {
        let mut pages: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for id in ids {
            let page = cases[*id].first().map_or("null", |(_, call)| &call.page_origin);
            pages.entry(page).or_default().push(*id);
        }
        let mark = format!("http://api.example:{}/mark", self.tap.port);
        for (page, ids) in pages {
            let url = match page {
                "null" => format!("http://localhost:{}{SANDBOXED}", self.tap.page_port),
                origin => format!("{origin}{PLAIN}"),
            };
            self.chromium.open(&url).await?;
            for batch in ids.chunks(BATCH) {
                let scripts: Vec<Value> = batch.iter().map(|id| script(*id, &cases[*id], &mark, self.runs)).collect();
                let said = self.chromium.run(RUN, &[json!(scripts)]).await?;
                let said = match serde_json::from_value(said).map_err(Error::Page)? {
                    Answer::Said(said) => said,
                    Answer::Fault { fault } => return Err(Error::Script(fault)),
                };
                for Said(id, told) in said {
                    let told: Result<Vec<_>, _> =
                        told.into_iter().map(|told| told.map(Told::read).transpose()).collect();
                    outcomes.insert(id, told.map_err(|fault| Error::Script(format!("case {id}: {fault}")))?);
                }
            }
        }
        Ok(())
    }
}

/// What was seen of each case.
type Evidence = BTreeMap<usize, Vec<Witnessed>>;
