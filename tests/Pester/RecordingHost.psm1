#Requires -Version 7.4
# A host for a runspace of its own: it keeps what cmdlets show to the person at the terminal, and answers questions.
using namespace System.Collections.Generic
using namespace System.Collections.ObjectModel
using namespace System.Management.Automation
using namespace System.Management.Automation.Host

[NoRunspaceAffinity()]
class RecordingInterface : PSHostUserInterface {
    [List[string]] $Lines = [List[string]]::new()
    # The index of the choice that each question is answered with.
    [Queue[int]] $Answers = [Queue[int]]::new()

    [PSHostRawUserInterface] get_RawUI() { return $null }
    [void] Write([string] $value) { $this.Lines.Add($value) }
    [void] Write([ConsoleColor] $foreground, [ConsoleColor] $background, [string] $value) { $this.Lines.Add($value) }
    [void] WriteLine([string] $value) { $this.Lines.Add($value) }
    [void] WriteErrorLine([string] $value) { $this.Lines.Add($value) }
    # What these show is in the streams of the pipeline too.
    [void] WriteDebugLine([string] $message) { }
    [void] WriteVerboseLine([string] $message) { }
    [void] WriteWarningLine([string] $message) { }
    [void] WriteProgress([long] $sourceId, [ProgressRecord] $record) { }

    [int] PromptForChoice([string] $caption, [string] $message, [Collection[ChoiceDescription]] $choices, [int] $default) {
        $this.Lines.Add($message)
        return $this.Answers.Dequeue()
    }

    # Nothing of the module asks for text.
    [string] ReadLine() { throw [NotSupportedException]::new() }
    [securestring] ReadLineAsSecureString() { throw [NotSupportedException]::new() }
    [Dictionary[string, PSObject]] Prompt([string] $caption, [string] $message, [Collection[FieldDescription]] $fields) {
        throw [NotSupportedException]::new()
    }
    [PSCredential] PromptForCredential([string] $caption, [string] $message, [string] $user, [string] $target) {
        throw [NotSupportedException]::new()
    }
    [PSCredential] PromptForCredential(
        [string] $caption, [string] $message, [string] $user, [string] $target,
        [PSCredentialTypes] $types, [PSCredentialUIOptions] $options
    ) {
        throw [NotSupportedException]::new()
    }
}

[NoRunspaceAffinity()]
class RecordingHost : PSHost {
    [RecordingInterface] $Interface = [RecordingInterface]::new()
    hidden [guid] $Id = [guid]::NewGuid()

    [string] get_Name() { return 'RecordingHost' }
    [version] get_Version() { return [version]'1.0' }
    [guid] get_InstanceId() { return $this.Id }
    [PSHostUserInterface] get_UI() { return $this.Interface }
    [cultureinfo] get_CurrentCulture() { return [cultureinfo]::InvariantCulture }
    [cultureinfo] get_CurrentUICulture() { return [cultureinfo]::InvariantCulture }
    [void] EnterNestedPrompt() { }
    [void] ExitNestedPrompt() { }
    [void] NotifyBeginApplication() { }
    [void] NotifyEndApplication() { }
    [void] SetShouldExit([int] $exitCode) { }
}

<#
.SYNOPSIS
Makes such a host.
#>
function New-RecordingHost {
    [RecordingHost]::new()
}
