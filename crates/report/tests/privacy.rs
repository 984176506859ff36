//! The page about attacks, and its Markdown, as readers see them.

use mizuhiki_report::{
    AttackOutcome, AttackRate, AttackSection, AttackVerdict, AttackerSection, PermittedSuccess,
    PrivacyReport, Proportion, PublishedFigure, render_privacy, render_privacy_markdown,
};

fn rate(setting: &str, value: f64, chance: f64) -> AttackRate {
    AttackRate {
        setting: setting.to_owned(),
        goal: "whose token it is".to_owned(),
        found: Proportion { value, low: 0.8 * value, high: (1.2 * value).min(1.0) },
        trials: 2_000,
        chance,
        is_correlation: false,
        remark: String::new(),
    }
}

fn outcome(verdict: AttackVerdict, setting: &str, value: f64, control: f64) -> AttackOutcome {
    AttackOutcome {
        verdict,
        result: Some(rate(setting, value, 0.0005)),
        limit: Some(0.001),
        control: Some(rate("on CLKs", control, 0.0005)),
        control_needs: 0.9,
        control_works: control >= 0.9,
    }
}

fn attack(name: &str, outcomes: Vec<AttackOutcome>) -> AttackSection {
    AttackSection { name: name.to_owned(), outcomes }
}

fn attacker(who: &str, attacks: Vec<AttackSection>) -> AttackerSection {
    AttackerSection { who: who.to_owned(), has: "one file".to_owned(), attacks }
}

/// One result of each verdict but `Exceeds`.
fn sample() -> PrivacyReport {
    let lengths = AttackOutcome {
        result: Some(AttackRate { is_correlation: true, ..rate("sizes", 0.01, 0.0) }),
        ..outcome(AttackVerdict::Within, "", 0.0, 0.95)
    };
    let nothing = AttackOutcome {
        result: None,
        limit: None,
        control: None,
        control_works: false,
        ..outcome(AttackVerdict::Nothing, "", 0.0, 0.0)
    };
    let disclosed = AttackOutcome {
        limit: None,
        control: None,
        control_works: false,
        ..outcome(AttackVerdict::Disclosed, "a list", 1.0, 0.0)
    };
    PrivacyReport {
        title: "Attacks on token files".to_owned(),
        generated_by: "mizuhiki 0.1.0".to_owned(),
        schema: "people_five".to_owned(),
        digest: "ab".repeat(32),
        profile: "hardened".to_owned(),
        tier: "quick".to_owned(),
        seed: 7,
        origin: "synthetic people".to_owned(),
        people: 10_000,
        partner_people: Some(6_000),
        linked: 5_900,
        permitted: vec![PermittedSuccess { goal: "whose token it is".to_owned(), most: "0.05%".to_owned() }],
        attackers: vec![
            attacker("Anybody", vec![attack("lengths", vec![lengths]), attack("patterns", vec![nothing])]),
            attacker(
                "A linkage unit",
                vec![
                    attack(
                        "ridge",
                        vec![
                            outcome(AttackVerdict::Within, "1,000 known pairs", 0.0005, 1.0),
                            outcome(AttackVerdict::Unproven, "10,000 known pairs", 0.0, 0.4),
                        ],
                    ),
                    attack("dictionary", vec![disclosed]),
                ],
            ),
        ],
        left_out: vec!["networks".to_owned()],
        not_tried: vec!["side channels".to_owned()],
        published: vec![PublishedFigure {
            attack: "ridge".to_owned(),
            figure: "99% of CLKs".to_owned(),
            source: "A paper, 2024".to_owned(),
        }],
        tries_per_second: 20_530.1,
    }
}

fn exceeding() -> PrivacyReport {
    let mut report = sample();
    report.attackers[1].attacks[0].outcomes[0] =
        outcome(AttackVerdict::Exceeds, "1,000 known pairs", 0.25, 1.0);
    report
}

#[allow(clippy::unwrap_used, reason = "a helper of tests: a failed step fails the test")]
fn page(report: &PrivacyReport) -> String {
    render_privacy(report).unwrap()
}

#[test]
fn the_page_says_what_came_out() {
    let page = page(&sample());
    for text in [
        "<h1>Attacks on token files</h1>",
        "<strong>No result is beyond the limits.</strong>",
        "2 results are within the limits.",
        "1 result is unproven: the attack failed on its control",
        "1 attack found nothing to work on. 1 result is disclosed by design",
        "<dd><bdi>6,000, of whom 5,900 are in both files</bdi></dd>",
        "<td>within</td><td class=\"n\">0.010<small>0.008 to 0.012</small></td><td class=\"n\">2,000</td>",
        "<td class=\"n\">0.001</td><td class=\"n\">works, 95.0%</td>",
        "<td>nothing there</td><td class=\"n\">–<small>–</small></td>",
        "<td class=\"flag\">unproven</td>",
        "<td>disclosed</td><td class=\"n\">100%",
        "fails, 40.0%",
        "the attack works in 1 of 2 settings; the other results prove nothing",
        "not needed: there is nothing to attack",
        "not needed: this is disclosed by design",
        "<caption>ridge</caption>",
        "99% of CLKs",
        "<li>networks</li>",
        "<li>side channels</li>",
        "about 21,000 people per second",
        "class=\"found\" cx=\"736.00\"",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(page.ends_with("</html>\n") && !page.contains("NaN") && !page.contains("class=\"beyond\""));
    assert_eq!(page, self::page(&sample()));
}

#[test]
fn results_beyond_the_limits_come_first() {
    let page = page(&exceeding());
    for text in [
        "<section class=\"warnings\"",
        "<strong>1 result is beyond the limits:</strong>",
        "<li>ridge, 1,000 known pairs: 25.0%, where the limit is 0.100%</li>",
        "<td class=\"flag\">beyond the limit</td>",
        "<g class=\"beyond\">",
    ] {
        assert!(page.contains(text), "{text}");
    }
    let markdown = render_privacy_markdown(&exceeding());
    assert!(markdown.starts_with(
        "# Attacks on token files\n\n**1 result is beyond the limits:**\n\n- ridge, 1,000 known pairs: 25.0%"
    ));
}

#[test]
fn intervals_beyond_the_limit_are_mentioned() {
    let mut report = sample();
    let within = "The 95% interval of 1 of these reaches beyond the limit: more people would tell more.";
    let limited = |limit| AttackOutcome {
        limit: Some(limit),
        ..outcome(AttackVerdict::Within, "1,000 known pairs", 0.0009, 1.0)
    };
    report.attackers[0].attacks[0].outcomes[0].limit = Some(0.05);
    report.attackers[1].attacks[0].outcomes[0] = limited(0.01);
    assert!(!page(&report).contains("more people would"));
    report.attackers[1].attacks[0].outcomes[0] = limited(0.001);
    assert!(page(&report).contains(within));
}

#[test]
fn other_peoples_text_is_escaped() {
    let evil = "</style></title><script>alert(1)</script><img src=x onerror='a()'>\" & {{ 7 * 7 }}|\n# x";
    let clean_tags = page(&sample()).matches('<').count();
    let mut report = sample();
    (report.title, report.generated_by, report.schema) = (evil.into(), evil.into(), evil.into());
    (report.digest, report.profile, report.tier, report.origin) =
        (evil.into(), evil.into(), evil.into(), evil.into());
    report.left_out[0] = evil.to_owned();
    report.not_tried[0] = evil.to_owned();
    report.published[0].figure = evil.to_owned();
    report.permitted[0].most = evil.to_owned();
    report.attackers[0].who = evil.to_owned();
    report.attackers[1].has = evil.to_owned();
    report.attackers[1].attacks[0].name = evil.to_owned();
    report.attackers[1].attacks[0].outcomes[0].result = Some(rate(evil, 0.0005, 0.0005));
    let page = page(&report);
    assert!(!page.contains("<script") && !page.contains("<img") && page.contains("&lt;script&gt;"));
    assert_eq!(page.matches('<').count(), clean_tags, "values add no tags");
    let markdown = render_privacy_markdown(&report);
    assert!(!markdown.contains('<') && !markdown.contains("\n# x"));
    assert_eq!(markdown.lines().count(), render_privacy_markdown(&sample()).lines().count());
}

#[test]
fn what_is_not_a_number_is_a_dash() {
    let mut report = sample();
    let outcome = &mut report.attackers[1].attacks[0].outcomes[0];
    let result = outcome.result.as_mut().unwrap();
    result.found = Proportion { value: f64::NAN, low: f64::NAN, high: f64::NAN };
    (result.chance, outcome.limit, report.tries_per_second) = (f64::NAN, Some(f64::NAN), f64::NAN);
    for text in [page(&report), render_privacy_markdown(&report)] {
        assert!(!text.contains("NaN") && text.contains("about – people per second"));
    }
    (report.attackers, report.published, report.left_out) = (Vec::new(), Vec::new(), Vec::new());
    let empty = page(&report);
    assert!(empty.contains("No attack had anything to work on.") && !empty.contains("<figure>"));
    assert!(!empty.contains("Published figures"));
}

#[test]
fn markdown_holds_the_same() {
    let markdown = render_privacy_markdown(&sample());
    for text in [
        "**No result is beyond the limits.**\n",
        "| Schema | people\\_five |\n",
        "### A linkage unit\n\nHas one file.\n",
        "\nridge:\n\n| Setting | Verdict | Found | 95% interval | Trials | Chance | Limit | Control |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |\n\
         | 1,000 known pairs: whose token it is | within | 0.050% | 0.040% to 0.060% | 2,000 | 0.050% | 0.100% | works, 100% |\n\
         | 10,000 known pairs: whose token it is | unproven | 0% | 0% to 0% | 2,000 | 0.050% | 0.100% | fails, 40.0% |\n",
        "| dictionary: a list | disclosed | 100% | 80.0% to 100% | 2,000 | 0.050% | – | – |\n",
        "| ridge | 99% of CLKs | A paper, 2024 |\n",
        "This tier leaves out:\n\n- networks\n",
    ] {
        assert!(markdown.contains(text), "{text}\n{markdown}");
    }
    assert!(markdown.ends_with("\nMade by mizuhiki 0.1.0\n") && !markdown.contains("NaN"));
}

/// Elements must nest correctly; whatever a browser would repair is a fault here.
#[test]
fn tags_are_balanced() {
    let page = page(&exceeding());
    let body = &page[page.find("<body>").unwrap()..];
    let mut open = Vec::new();
    for tag in body.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap();
        if let Some(name) = tag.strip_prefix('/') {
            if name != "html" {
                assert_eq!(open.pop(), Some(name));
            }
        } else if !tag.ends_with('/') {
            open.push(tag.split_whitespace().next().unwrap());
        }
    }
    assert!(open.is_empty(), "{open:?}");
}
