// Package refusals pastes the commands of the catalogue of refusals into a shell,
// and holds what comes back against what the catalogue announces.
package refusals
