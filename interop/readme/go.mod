module flowgate/interop/readme

go 1.26
