module flowgate/interop/refusals

go 1.26
