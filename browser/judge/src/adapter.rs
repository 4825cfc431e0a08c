//! Servers in which an adapter of the core answers.

mod board;
mod fastapi;
mod nginx;
mod tower;

use core::time::Duration;
use std::path::PathBuf;
use std::process::{Child, Stdio};

use crate::backend::{Backend, Behind};
use crate::case::Case;
use crate::error::Error;
use crate::generate::{Reach, cases};
use crate::judge::Judge;
use crate::plant::Plant;
use crate::summary::Summary;

/// Which adapter, and what it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Adapter {
    /// The layer for tower, in axum.
    Tower,
    /// The module for nginx: the built `.so`.
    Nginx(PathBuf),
    /// The class for ASGI, around FastAPI: a Python that has the package, fastapi and uvicorn.
    FastApi(PathBuf),
    /// A firmware of `examples/cortex-m` that answers at that origin.
    Board(String),
}

impl Adapter {
    /// Judges so many cases of a seed against it, and a mistake of the server's if one is planted.
    ///
    /// # Errors
    ///
    /// Where the server does not come up, or the browser fails.
    pub async fn judge(
        &self,
        judge: &mut Judge,
        seed: u64,
        count: usize,
        plant: Option<Plant>,
    ) -> Result<Summary, Error> {
        let made = |reach| cases(&judge.setting(reach), seed, count);
        match self {
            Self::Tower => {
                let cases = made(Reach::Any);
                let origin = tower::serve(&cases).await?;
                served(judge, &cases, origin, Behind::Case, plant).await
            }
            Self::Nginx(module) => {
                let cases = made(Reach::Registered);
                let nginx = nginx::Nginx::start(module, &cases).await?;
                served(judge, &cases, nginx.origin(), Behind::Place, plant).await
            }
            Self::FastApi(python) => {
                let cases = made(Reach::Any);
                let server = fastapi::Server::start(python, &cases)?;
                served(judge, &cases, server.origin(), Behind::CaseFor(&fastapi::METHODS), plant).await
            }
            Self::Board(origin) => {
                let cases = board::cases(&judge.setting(Reach::Registered), seed, count);
                served(judge, &cases, origin.clone(), Behind::Device, plant).await
            }
        }
    }
}

async fn served(
    judge: &mut Judge,
    cases: &[Case],
    origin: String,
    behind: Behind,
    plant: Option<Plant>,
) -> Result<Summary, Error> {
    let backend = Backend::server(origin, behind).map_err(|error| Error::Server(error.to_string()))?;
    judge.judge(cases, backend, plant).await
}

/// A child that does not outlive its owner, ended by its own handle.
#[derive(Debug)]
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended by itself is waited for already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a program with nothing to read.
fn started(command: &mut std::process::Command) -> Result<Running, Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    let child = command.stdin(Stdio::null()).spawn();
    Ok(Running(child.map_err(|error| Error::Server(format!("{program}: {error}")))?))
}

/// How long a server may take to come up.
const PATIENCE: Duration = Duration::from_secs(60);
