// Package entra runs azidentity and MSAL for Go, unchanged but for their authority,
// against an emulator: every grant they offer must bring a token that a flow admits.
// The script run starts the emulator.
package entra
