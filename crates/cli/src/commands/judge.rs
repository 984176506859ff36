//! Results against ground truth, for several commands.

use mizuhiki_columnar::{ReadOptions, Source, TableReader, read_links, read_members, read_pairs};
use mizuhiki_evaluate::{
    ClusterAccuracy, LinkTableAccuracy, cluster_accuracy, link_table_accuracy, persons_of_pairs,
};

/// Evaluates a link table against the true pairs.
pub(super) fn judge(links: &Source, truth: &Source, unordered: bool) -> anyhow::Result<LinkTableAccuracy> {
    Ok(link_table_accuracy(&read_links(links)?, &read_pairs(truth)?, unordered))
}

/// Evaluates clusters against the persons of records, or against true pairs.
pub(super) fn judge_members(clusters: &Source, truth: &Source) -> anyhow::Result<ClusterAccuracy> {
    let found = read_members(clusters, "cluster")?;
    let columns = TableReader::open(truth, &ReadOptions::default())?.columns().to_vec();
    let persons = if columns.iter().any(|column| column == "left_id") {
        persons_of_pairs(&read_pairs(truth)?)
    } else {
        read_members(truth, "entity")?
    };
    Ok(cluster_accuracy(&found, &persons)?)
}
