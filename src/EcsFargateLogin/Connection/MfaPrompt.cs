using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Net;
using System.Security;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Connection;

/// <summary>Asks for the code of an MFA device through the host, which may be a console, an editor or nobody.</summary>
internal static class MfaPrompt
{
    private const string Field = "MFA code";

    /// <summary>
    /// Whether there is a console without a keyboard. There pwsh answers a question for something secret by ending the whole
    /// script, without an error.
    /// </summary>
    public static bool IsPiped(PSHost? host) => host is { Name: "ConsoleHost" } && Console.IsInputRedirected;

    /// <summary>Reads a line of standard input. It may block for as long as the one who writes it takes.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.NoCredentials"/>: there was none.</exception>
    public static string Read(MfaRequest request) => Checked(Console.In.ReadLine(), request);

    /// <summary>Asks once. Must be called on the pipeline's thread.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.NoCredentials"/>: nobody can be asked, or nobody answered.</exception>
    public static string Ask(PSHostUserInterface? host, MfaRequest request)
    {
        var field = new FieldDescription(Field);
        field.SetParameterType(typeof(SecureString));
        try
        {
            var answers = host?.Prompt(
                "", $"Profile '{request.ProfileName}' needs a code of {request.SerialNumber}.", new Collection<FieldDescription> { field });
            return Checked(
                answers?[Field]?.BaseObject is SecureString answer ? new NetworkCredential("", answer).Password : null, request);
        }
        // What hosts throw that cannot ask, or were told not to.
        catch (Exception e) when (e is HostException or PSInvalidOperationException or NotImplementedException
            or NotSupportedException)
        {
            throw CredentialErrors.MfaCodeUnavailable(request, "this PowerShell cannot ask for it");
        }
    }

    private static string Checked(string? answer, MfaRequest request) =>
        answer?.Trim() is { Length: > 0 } code ? code : throw CredentialErrors.MfaCodeUnavailable(request, "none was given");
}
