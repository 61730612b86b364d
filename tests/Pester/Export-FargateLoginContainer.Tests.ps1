#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe 'Export-FargateLoginContainer' {
    BeforeAll {
        $container = "$(Split-Path (Split-Path $PSScriptRoot))/module/container"
    }

    BeforeEach {
        $target = [IO.Path]::Combine($TestDrive, [guid]::NewGuid(), 'new', 'folder')
    }

    It 'takes an image and a folder' {
        Get-ParameterSetText Export-FargateLoginContainer | Should -BeExactly 'All: [BaseImage! Path!]'
    }

    It 'returns files' {
        (Get-Command Export-FargateLoginContainer).OutputType.Type | Should -Be ([IO.FileInfo])
    }

    It 'writes the files for the distribution of the base image: <Image>' -ForEach @(
        @{ Image = 'debian:12-slim'; Installs = 'apt-get' }
        @{ Image = 'ubuntu:24.04'; Installs = 'apt-get' }
        @{ Image = 'ruby:3.3-alpine'; Installs = 'apk add' }
        @{ Image = 'amazonlinux:2023'; Installs = 'dnf' }
    ) {
        $written = Export-FargateLoginContainer $Image $target
        $written | Should -BeOfType IO.FileInfo
        $written.Name | Should -BeExactly start-sshd.sh, Dockerfile, README.md
        $dockerfile = Get-Content "$target/Dockerfile" -Raw
        $dockerfile.Contains("`nARG BASE=$Image`nFROM `${BASE}`n") | Should -BeTrue
        $dockerfile | Should -MatchExactly $Installs
        $dockerfile | Should -Not -Match '--file'
        Get-Content "$target/start-sshd.sh" -Raw | Should -BeExactly (Get-Content "$container/start-sshd.sh" -Raw)
        Get-Content "$target/README.md" -Raw | Should -MatchExactly ([regex]::Escape($Image))
    }

    It 'makes the script executable' -Skip:$IsWindows {
        $null = Export-FargateLoginContainer debian:12 $target
        [IO.File]::GetUnixFileMode("$target/start-sshd.sh").HasFlag([IO.UnixFileMode]::OtherExecute) | Should -BeTrue
    }

    It 'needs no name that tells the distribution where that is named' {
        $null = Export-FargateLoginContainer my-app:7 $target -Distribution Alpine
        Get-Content "$target/Dockerfile" -Raw | Should -MatchExactly 'apk add'
    }

    It 'has an error for a base image that tells nothing, and writes nothing: <Image>' -ForEach @(
        @{ Image = 'my-app:7'; Id = 'DistributionUnknown' }
        @{ Image = 'gcr.io/distroless/base-debian12'; Id = 'DistributionUnknown' }
        @{ Image = 'My App'; Id = 'InvalidImage' }
    ) {
        Assert-FargateError (Get-ErrorOf { Export-FargateLoginContainer $Image $target }) $Id InvalidArgument $Image
        $target | Should -Not -Exist
    }

    It 'replaces files that are there with -Force alone' {
        $readMe = (New-Item "$target/README.md" -Value ('x' * 100000) -Force).FullName
        Assert-FargateError (Get-ErrorOf { Export-FargateLoginContainer debian:12 $target }) FileExists ResourceExists $readMe
        (Get-ChildItem $target).Name | Should -BeExactly README.md
        Get-ErrorOf { Export-FargateLoginContainer debian:12 $target -Force } | Should -BeNullOrEmpty
        Get-Content $readMe -Raw | Should -Not -Match xxx
    }

    It 'writes nothing with -WhatIf, and says what it would' {
        Get-WhatIf "Export-FargateLoginContainer debian:12 '$target' -WhatIf" |
            Should -BeExactly ('start-sshd.sh', 'Dockerfile', 'README.md' | ForEach-Object { "`"Write file`" on target `"$(Join-Path $target $_)`"." })
        $target | Should -Not -Exist
    }

    It 'has an error for a path that is no folder' {
        $file = (New-Item "$TestDrive/file" -Force).FullName
        $folder = Join-Path $file sub
        $said = Get-ErrorOf { Export-FargateLoginContainer debian:12 $folder }
        Assert-FargateError $said FileNotWritten WriteError (Join-Path $folder start-sshd.sh)
        Assert-FargateError (Get-ErrorOf { Export-FargateLoginContainer debian:12 Env:/HOME }) FileNotWritten WriteError Env:/HOME
    }
}
