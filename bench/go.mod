module flowgate/bench

go 1.26.0
