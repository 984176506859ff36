//! `mizuhiki synth`.

use std::path::Path;

use mizuhiki_columnar::{Format, Source};
use mizuhiki_evaluate::{JapanSpec, Manifest, ManifestFile, Rates, make_english, make_japan};

use crate::args::evaluate::{Synth, SynthLocale, TableFormat};
use crate::progress::{Progress, grouped};
use crate::say::{Say, UsageError};

pub(super) fn run(synth: Synth, say: &Say) -> anyhow::Result<()> {
    let Synth::People { locale, people, seed, rates, municipality, format, output } = synth else {
        let rates = Rates::default();
        say.result(&rates.list(), &rates.table(), false);
        return Ok(());
    };
    let format = match format {
        TableFormat::Csv => Format::Csv,
        TableFormat::Tsv => Format::Tsv,
        TableFormat::Parquet => Format::Parquet,
        TableFormat::Arrow => Format::Arrow,
    };
    let manifest = match locale {
        SynthLocale::Ja => {
            let rates = match rates {
                Some(file) => Rates::read(&Source::from_argument(&file))?,
                None => Rates::default(),
            };
            let spec = JapanSpec { people, seed, rates, municipality, format };
            let progress = Progress::new("rows");
            make_japan(&spec, &output, &|done, total| {
                progress.update(done, Some(done as f64 / total as f64));
            })?
        }
        SynthLocale::EnLatn if rates.is_some() || municipality.is_some() => {
            let problem = "--rates and --municipality are only for locale ja";
            return Err(UsageError(problem.to_owned()).into());
        }
        SynthLocale::EnLatn => make_english(people, seed, &output, format)?,
    };
    say.result(&manifest, &describe(&manifest, &output), false);
    Ok(())
}

fn describe(manifest: &Manifest, folder: &Path) -> String {
    let mut text = format!(
        "{} synthetic people of locale {}, seed {}, as recorded by data custodians; in {}:\n",
        grouped(u64::from(manifest.people)),
        manifest.locale,
        manifest.seed,
        folder.display()
    );
    for ManifestFile { file, rows, .. } in &manifest.files {
        text.push_str(&format!("{file:<36} {:>12} rows\n", grouped(*rows)));
    }
    text.push_str("manifest.json documents how they were generated\n");
    text
}
