"""Who is who: how it stands, pairs to be judged side by side, and one person with all that is reported of them."""
