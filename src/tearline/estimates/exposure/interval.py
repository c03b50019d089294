"""An interval for a chance of which only mean and standard deviation are known: that of the Beta which has both."""

SHARE = 0.95


def beta_interval(mean: float, sd: float, share: float = SHARE) -> tuple[float, float]:
    """The equal-tailed interval of the Beta distribution with this mean and standard deviation, both in [0, 1].

    No spread, or a mean at an end, gives the mean twice. A spread as large as a chance can have puts all at the ends.
    Where so much lies at one end that the mean itself is rarer than the tail, the interval is widened to the mean.
    """
    variance = sd * sd
    most = mean * (1.0 - mean)
    if variance <= 0.0 or most <= 0.0:
        return mean, mean
    if variance >= most:
        return 0.0, 1.0
    from scipy.special import betaincinv

    kappa = most / variance - 1.0
    a, b = mean * kappa, (1.0 - mean) * kappa
    tail = (1.0 - share) / 2
    return min(float(betaincinv(a, b, tail)), mean), max(float(betaincinv(a, b, 1.0 - tail)), mean)
