// Command dockerfile reads a Dockerfile with BuildKit's own parser and says what its linter says.
//
//	dockerfile FILE          prints each warning; exits with 1 where there is one
//	dockerfile --json FILE   prints the stages and their instructions as JSON
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/opencontainers/go-digest"
)

// instruction is one line of a Dockerfile, continued lines joined.
type instruction struct {
	Name  string   `json:"name"`
	Flags []string `json:"flags"`
	Args  []string `json:"args"`
	// Exec tells that the arguments are a list in JSON and no line for the shell.
	Exec bool `json:"exec"`
	Line int  `json:"line"`
}

func main() {
	asJSON := len(os.Args) == 3 && os.Args[1] == "--json"
	if len(os.Args) != 2 && !asJSON {
		fail("usage: dockerfile [--json] FILE")
	}
	file := os.Args[len(os.Args)-1]
	text, err := os.ReadFile(file)
	if err != nil {
		fail(err)
	}
	if asJSON {
		print(instructionsOf(text))
		return
	}
	warnings, err := lint(file, text)
	if err != nil {
		fail(err)
	}
	for _, warning := range warnings {
		fmt.Println(warning)
	}
	if len(warnings) > 0 {
		os.Exit(1)
	}
}

// noRegistry stands in for a registry: the linter needs no more of a base image than that it is there.
type noRegistry struct{}

func (noRegistry) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	config := []byte(`{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/usr/bin:/bin"]},"rootfs":{"type":"layers"}}`)
	return ref, digest.FromBytes(config), config, nil
}

func lint(file string, text []byte) ([]string, error) {
	results, err := dockerfile2llb.DockerfileLint(context.Background(), text, dockerfile2llb.ConvertOpt{
		Config:       dockerui.Config{LinterConfig: &linter.Config{ExperimentalAll: true}},
		SourceMap:    llb.NewSourceMap(nil, file, "Dockerfile", text),
		MetaResolver: noRegistry{},
	})
	if err != nil {
		return nil, err
	}
	if results.Error != nil {
		return nil, fmt.Errorf("%s: %s", file, results.Error.Message)
	}
	said := []string{}
	for _, warning := range results.Warnings {
		line := int32(0)
		if warning.Location != nil && len(warning.Location.Ranges) > 0 {
			line = warning.Location.Ranges[0].Start.Line
		}
		said = append(said, fmt.Sprintf("%s:%d %s: %s", file, line, warning.RuleName, warning.Detail))
	}
	return said, nil
}

func instructionsOf(text []byte) []instruction {
	parsed, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		fail(err)
	}
	all := []instruction{}
	for _, node := range parsed.AST.Children {
		one := instruction{Name: node.Value, Flags: append([]string{}, node.Flags...), Args: []string{}, Exec: node.Attributes["json"], Line: node.StartLine}
		for next := node.Next; next != nil; next = next.Next {
			one.Args = append(one.Args, next.Value)
		}
		all = append(all, one)
	}
	return all
}

func print(instructions []instruction) {
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(instructions); err != nil {
		fail(err)
	}
}

func fail(why any) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(2)
}
