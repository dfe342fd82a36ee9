# The gap statistic by R's cluster::clusGap, for selection.py, which calls it as
#
#     Rscript selection.R FOLDER K_MAX REFERENCES STARTS
#
# For each board NAME.csv in the folder, x and y without a heading, and the centres NAME.K.centres that its best clustering
# is known to have for each K, it writes NAME.gap: on each line, for k from 1 to
# K_MAX + 1, logW, E.logW, gap and SE.sim; on a last line what maxSE chooses up to K_MAX: by Tibs2001SEmax, of all
# lines, so that K_MAX + 1 means none; by firstSEmax and globalmax, of all but the last.
#
# With d.power = 2, clusGap's W is half the inertia. kmeans is R's default, by Hartigan and Wong: on a reference from
# STARTS random starts; on the board itself from those centres, which a thousand random starts can miss.

library(cluster)

options(digits = 17)
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
k_max <- as.integer(arguments[2])
references <- as.integer(arguments[3])
starts <- as.integer(arguments[4])

for (path in Sys.glob(file.path(folder, "*.csv"))) {
  points <- as.matrix(read.csv(path, header = FALSE))
  cluster_by_kmeans <- function(x, k) {
    is_board <- k > 1 && identical(x, points)
    centres <- if (is_board) as.matrix(read.csv(sub("csv$", paste0(k, ".centres"), path), header = FALSE)) else k
    list(cluster = kmeans(x, centres, nstart = if (is_board) 1 else starts, iter.max = 300)$cluster)
  }
  set.seed(20131227)
  gap <- clusGap(
    points, FUNcluster = cluster_by_kmeans, K.max = k_max + 1, B = references, d.power = 2,
    spaceH0 = "original", verbose = FALSE
  )$Tab
  shown <- gap[seq_len(k_max), ]
  chosen <- c(
    maxSE(gap[, "gap"], gap[, "SE.sim"], "Tibs2001SEmax"),
    maxSE(shown[, "gap"], shown[, "SE.sim"], "firstSEmax"),
    maxSE(shown[, "gap"], shown[, "SE.sim"], "globalmax")
  )
  rows <- apply(gap, 1, function(row) paste(format(row), collapse = " "))
  writeLines(c(rows, paste(chosen, collapse = " ")), sub("csv$", "gap", path))
}
cat(R.version.string, as.character(packageVersion("cluster")), sep = "\n")
