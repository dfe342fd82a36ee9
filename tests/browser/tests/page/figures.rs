//! The five figures: each shows what it claims.

use anyhow::Result;
use browser_tests::{Browser, PATIENCE};
use serde_json::{Value, json};

use crate::playground::{ask, iteration, pixels, still, until};

/// Opens a figure, counted from 1, and runs it to its end.
async fn run_figure(browser: &Browser, number: usize) -> Result<()> {
    browser.eval("void (globalThis.former = document.querySelector('#board').kmeans)").await?;
    browser.click(&format!("#figures a:nth-of-type({number})")).await?;
    until(browser, "kmeans !== globalThis.former && kmeans.iteration === 0").await?;
    browser.click("#run").await?;
    until(browser, "kmeans.converged").await
}

#[tokio::test]
async fn the_first_three_figures_take_as_many_iterations_as_they_claim() -> Result<()> {
    let browser = still("/").await?;
    let mut iterations = Vec::new();
    for (number, board, n, k) in [(1, "uniform", 100, 7), (2, "uniform", 200, 3), (3, "gauss", 200, 3)] {
        run_figure(&browser, number).await?;
        let asked = ask(&browser, "[kmeans.options.board, kmeans.n, kmeans.k]").await?;
        assert_eq!(asked, json!([board, n, k]), "figure {number}");
        iterations.push(iteration(&browser).await?);
    }
    assert_eq!([iterations[0], iterations[2]], [7, 7]);
    assert!(iterations[1] > iterations[0], "{iterations:?}");
    Ok(())
}

/// How many of the drawn clusters each centroid serves mostly, and the inertia; points come cluster by cluster.
const SERVICE: &str = "(({ kmeans }) => {
    const size = kmeans.n / 5, labels = kmeans.labels;
    const shares = Array.from({ length: 5 }, (_, cluster) => {
        const counts = new Array(5).fill(0);
        for (const label of labels.subarray(cluster * size, (cluster + 1) * size)) counts[label] += 1;
        return counts;
    });
    return {
        // Clusters that each centroid has more than half of.
        served: [0, 1, 2, 3, 4].map((j) => shares.filter((counts) => counts[j] > size / 2).length).sort(),
        // Centroids that each cluster is divided among, strays aside.
        dividedAmong: shares.map((counts) => counts.filter((count) => count > size / 10).length).sort(),
        points: new BigUint64Array(kmeans.points.buffer).join(),
        seeding: kmeans.options.seeding, inertia: kmeans.inertia, n: kmeans.n, converged: kmeans.converged,
    };
})";

#[tokio::test]
async fn the_fourth_figure_shows_a_bad_start_and_a_good_one_on_the_same_points() -> Result<()> {
    let browser = still("/").await?;
    run_figure(&browser, 4).await?;
    let sides = ["#board", "#board-beside"].map(|id| format!("{SERVICE}(document.querySelector('{id}'))"));
    let [bad, good]: [Value; 2] =
        serde_json::from_value(browser.eval(&format!("[{}]", sides.join(","))).await?)?;
    assert_eq!(
        (&bad["n"], &bad["seeding"], &good["seeding"]),
        (&json!(300), &json!("random"), &json!("k-means++"))
    );
    assert_eq!(bad["points"], good["points"]);
    assert_eq!((&bad["converged"], &good["converged"]), (&json!(true), &json!(true)));
    // Two centroids have two clusters each, and the other three are left with parts of one.
    assert_eq!(
        bad["served"].as_array().map(|all| all[3..].to_vec()),
        Some(vec![json!(2), json!(2)]),
        "{bad}"
    );
    assert_eq!(bad["dividedAmong"], json!([1, 1, 1, 1, 3]));
    assert_eq!(good["served"], json!([1, 1, 1, 1, 1]));
    assert!(good["inertia"].as_f64() < bad["inertia"].as_f64(), "{} {}", good["inertia"], bad["inertia"]);
    assert!(browser.eval("document.querySelector('#board-beside').checkVisibility()").await? == true);
    for (caption, seeding) in [("#caption", "random"), ("#caption-beside", "k-means++")] {
        let says = crate::playground::text(&browser, caption).await?;
        assert!(says.starts_with(seeding) && says.contains("inertia"), "{says}");
    }
    Ok(())
}

#[tokio::test]
async fn the_fifth_figure_has_ten_thousand_points_and_their_cells() -> Result<()> {
    let browser = still("/").await?;
    run_figure(&browser, 5).await?;
    assert_eq!(ask(&browser, "[kmeans.n, kmeans.cells().length === kmeans.k]").await?, json!([10_000, true]));
    let with = pixels(&browser).await?;
    browser.click("#cells").await?;
    let without = pixels(&browser).await?;
    // With the cells, nothing is bare but the seams and the margin.
    assert!(with.bare < with.all / 8 && with.bare < without.bare / 3, "{with:?} {without:?}");
    assert!(with.coloured > with.all / 50, "{with:?}");
    Ok(())
}

#[tokio::test]
async fn every_figures_own_picture_is_what_it_opens() -> Result<()> {
    let browser = still("/").await?;
    // The fifth has fewer points in its picture.
    for number in 1..=4 {
        let link = format!("document.querySelector('#figures a:nth-of-type({number})')");
        browser.eval(&format!("{link}.scrollIntoView({{ behavior: 'instant' }})")).await?;
        let pictures = format!("[...{link}.querySelectorAll('kmeans-board')].map(({{ kmeans }}) => kmeans)");
        let are_done = format!("{pictures}.every((kmeans) => kmeans?.converged)");
        browser.wait_until(&are_done, PATIENCE).await?;
        let seen = ".map(({ labels, inertia }) => [labels.join(), inertia])";
        let shown = browser.eval(&format!("{pictures}{seen}")).await?;
        run_figure(&browser, number).await?;
        let boards = "[...document.querySelectorAll('#boards kmeans-board')].filter((board) => board.checkVisibility())
            .map(({ kmeans }) => kmeans)";
        assert_eq!(browser.eval(&format!("{boards}{seen}")).await?, shown, "figure {number}");
        assert_eq!(
            shown.as_array().map(Vec::len),
            Some(if number == 4 { 2 } else { 1 }),
            "a pair is seen as one"
        );
    }
    Ok(())
}
