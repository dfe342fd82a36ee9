# Times the gap statistic by R's cluster::clusGap for `cargo xtask bench --r`, which calls it as
#
#     Rscript clusgap.R POINTS.csv K_MAX REFERENCES ROUNDS
#
# One start each, by R's own kmeans; prints the milliseconds of each round.

library(cluster)

arguments <- commandArgs(trailingOnly = TRUE)
points <- as.matrix(read.csv(arguments[1], header = FALSE))
numbers <- as.integer(arguments[-1])
one_start <- function(x, k) list(cluster = kmeans(x, k, iter.max = 300)$cluster)
set.seed(1)
for (round in seq_len(numbers[3])) {
  time <- system.time(clusGap(
    points, FUNcluster = one_start, K.max = numbers[1], B = numbers[2], d.power = 2, spaceH0 = "original",
    verbose = FALSE
  ))
  cat(1000 * time[["elapsed"]], "\n", sep = "")
}
