"""TLS: what hosts and smart hosts can do, and what messages show that they did."""
