using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace PowerShellHost.ConsoleHost;

/// <summary>
/// Streams, progress and prompts on the console. Errors go to standard error and all else to standard output, as pwsh
/// does it.
/// </summary>
internal sealed class ConsoleUserInterface(Terminal terminal, ConsoleInput input) : PSHostUserInterface
{
    public bool ShowsErrors { get; set; }

    public override PSHostRawUserInterface RawUI { get; } = new ConsoleRawUserInterface();

    public override bool SupportsVirtualTerminal => terminal.IsColoured;

    public override void Write(string value) => terminal.Write(value);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        terminal.Write(Colours.Paint(foregroundColor, backgroundColor, value));

    public override void WriteLine(string value) => terminal.Write(value + Environment.NewLine);

    public override void WriteErrorLine(string value)
    {
        if (ShowsErrors)
        {
            terminal.WriteErrorLine(value);
        }
    }

    public override void WriteDebugLine(string message) => WriteNote("DEBUG: " + message);

    public override void WriteVerboseLine(string message) => WriteNote("VERBOSE: " + message);

    public override void WriteWarningLine(string message) => WriteNote("WARNING: " + message);

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        if (record.RecordType == ProgressRecordType.Completed)
        {
            terminal.ClearProgress();
            return;
        }

        var percent = record.PercentComplete is >= 0 and <= 100 ? $"{record.PercentComplete} %" : "";
        string[] parts = [record.Activity, record.StatusDescription, record.CurrentOperation, percent];
        terminal.ShowProgress(string.Join(": ", parts.Where(part => !string.IsNullOrWhiteSpace(part))));
    }

    public override string ReadLine()
    {
        terminal.ClearProgress();
        return input.ReadLine();
    }

    public override SecureString ReadLineAsSecureString()
    {
        terminal.ClearProgress();
        var secret = input.ReadSecret();
        WriteLine("");
        return secret;
    }

    public override Dictionary<string, PSObject> Prompt(
        string caption, string message, Collection<FieldDescription> descriptions)
    {
        WriteHeading(caption, message);
        return descriptions.ToDictionary(field => field.Name, field => PSObject.AsPSObject(PromptForField(field)));
    }

    public override int PromptForChoice(
        string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        WriteHeading(caption, message);
        var question = ChoicePrompt.Describe(choices, defaultChoice);
        while (true)
        {
            Write(question);
            var answer = ReadLine().Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
            {
                return defaultChoice;
            }

            if (ChoicePrompt.Find(choices, answer) is { } choice)
            {
                return choice;
            }

            if (answer == "?")
            {
                WriteLine(ChoicePrompt.Help(choices));
            }
        }
    }

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName) =>
        PromptForCredential(
            caption, message, userName, targetName, PSCredentialTypes.Default, PSCredentialUIOptions.Default);

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName,
        PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options)
    {
        WriteHeading(caption, message);
        if (string.IsNullOrEmpty(userName))
        {
            Write("User: ");
            userName = ReadLine();
        }

        Write($"Password for user {userName}: ");
        return new PSCredential(userName, ReadLineAsSecureString());
    }

    private void WriteHeading(string caption, string message)
    {
        foreach (var line in new[] { caption, message }.Where(line => !string.IsNullOrEmpty(line)))
        {
            WriteLine(line);
        }
    }

    private object PromptForField(FieldDescription field)
    {
        Write(field.Name + ": ");
        return field.ParameterTypeName switch
        {
            nameof(SecureString) => ReadLineAsSecureString(),
            nameof(PSCredential) => PromptForCredential("", "", "", ""),
            _ => ReadLine(),
        };
    }

    private void WriteNote(string text) =>
        terminal.Write(Colours.Paint(ConsoleColor.Yellow, text) + Environment.NewLine);
}
