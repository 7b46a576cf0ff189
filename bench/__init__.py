"""What Keepwarm costs and how well it judges, measured; every figure beside a limit or a rival of the same run."""
