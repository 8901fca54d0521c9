// Package oracle holds the verifier of package jwks against another implementation of JOSE, go-jose.
// Whatever one of them believes the other must believe, but for the differences that are listed here,
// each with its reason. It has a module of its own so that the emulator's does not know go-jose.
package oracle
