//! Medians and quartiles.

/// The middle of some numbers, and how far they lie apart.
#[derive(Clone, Copy, PartialEq, Debug)]
#[allow(clippy::exhaustive_structs, reason = "of these benches alone")]
pub struct Spread {
    /// A quarter of the numbers is below.
    pub low: f64,
    /// Half of the numbers is below.
    pub median: f64,
    /// A quarter of the numbers is above.
    pub high: f64,
}

impl Spread {
    /// Of at least one number.
    pub fn of(numbers: &[f64]) -> Option<Self> {
        let mut sorted = numbers.to_vec();
        sorted.sort_by(f64::total_cmp);
        let at = |part| quantile(&sorted, part);
        Some(Self { low: at(0.25)?, median: at(0.5)?, high: at(0.75)? })
    }

    /// Each number changed by a function that rises.
    #[must_use]
    pub fn map(self, change: impl Fn(f64) -> f64) -> Self {
        Self { low: change(self.low), median: change(self.median), high: change(self.high) }
    }
}

/// The number below which that part lies, on the line between its two neighbours.
fn quantile(sorted: &[f64], part: f64) -> Option<f64> {
    let place = part * sorted.len().checked_sub(1)? as f64;
    let (below, above) = (sorted.get(place.floor() as usize)?, sorted.get(place.ceil() as usize)?);
    Some(below + (above - below) * place.fract())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_lie_between_neighbours() {
        let spread = |low, median, high| Some(Spread { low, median, high });
        assert_eq!(Spread::of(&[]), None);
        assert_eq!(Spread::of(&[7.0]), spread(7.0, 7.0, 7.0));
        assert_eq!(Spread::of(&[4.0, 1.0, 2.0, 3.0]), spread(1.75, 2.5, 3.25));
        assert_eq!(Spread::of(&[50.0, 10.0, 30.0, 20.0, 40.0]), spread(20.0, 30.0, 40.0));
    }

    #[test]
    fn one_wild_number_moves_no_median() {
        assert_eq!(Spread::of(&[1.0, 2.0, 1e9]).map(|spread| spread.median), Some(2.0));
    }
}
