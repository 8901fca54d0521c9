module flowgate/interop/soak

go 1.26
