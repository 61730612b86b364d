using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Net;
using System.Security;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Connection;

/// <summary>Asks for the code of an MFA device through PowerShell's host.</summary>
internal static class MfaPrompt
{
    private const string Field = "MFA code";

    /// <summary>
    /// Whether the host is a console with redirected input. There pwsh cannot read a secret: it ends the whole script, without an
    /// error.
    /// </summary>
    public static bool IsPiped(PSHost? host) => host is { Name: "ConsoleHost" } && Console.IsInputRedirected;

    /// <summary>Reads a line of standard input. It blocks until there is one.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.NoCredentials"/>: there was none.</exception>
    public static string Read(MfaRequest request) => Checked(Console.In.ReadLine(), request);

    /// <summary>Asks once. Must be called on the pipeline's thread.</summary>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.NoCredentials"/>: the host cannot ask, or there was no answer.
    /// </exception>
    public static string Ask(PSHostUserInterface? host, MfaRequest request)
    {
        var field = new FieldDescription(Field);
        field.SetParameterType(typeof(SecureString));
        try
        {
            var answers = host?.Prompt(
                "", $"Profile '{request.ProfileName}' needs a code of {request.SerialNumber}.",
                new Collection<FieldDescription> { field });
            return Checked(
                answers?[Field]?.BaseObject is SecureString answer ? new NetworkCredential("", answer).Password : null, request);
        }
        // Hosts throw these that cannot ask, or must not.
        catch (Exception e) when (e is HostException or PSInvalidOperationException or NotImplementedException
            or NotSupportedException)
        {
            throw CredentialErrors.MfaCodeUnavailable(request, "this PowerShell cannot ask for it");
        }
    }

    private static string Checked(string? answer, MfaRequest request) =>
        answer?.Trim() is { Length: > 0 } code ? code : throw CredentialErrors.MfaCodeUnavailable(request, "none was given");
}
