module flowgate/interop/oracle

go 1.26.0

replace flowgate => ../..

require (
	flowgate v0.0.0-00010101000000-000000000000
	github.com/go-jose/go-jose/v4 v4.1.8
)

require (
	filippo.io/bigmod v0.1.0 // indirect
	github.com/MicahParks/jwkset v0.11.4 // indirect
	github.com/MicahParks/keyfunc/v3 v3.9.1 // indirect
	github.com/golang-jwt/jwt/v5 v5.3.1 // indirect
	golang.org/x/sys v0.48.0 // indirect
	golang.org/x/time v0.15.0 // indirect
)
