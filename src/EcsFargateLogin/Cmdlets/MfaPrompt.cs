using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Net;
using System.Security;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Cmdlets;

/// <summary>Asks for the code of an MFA device through the host, which may be a console, an editor or nobody.</summary>
internal static class MfaPrompt
{
    private const string Field = "MFA code";

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
            var code = answers?[Field]?.BaseObject is SecureString answer
                ? new NetworkCredential("", answer).Password.Trim()
                : "";
            return code.Length > 0 ? code : throw FargateErrors.MfaCodeUnavailable(request, "none was given");
        }
        // What hosts throw that cannot ask, or were told not to.
        catch (Exception e) when (e is HostException or PSInvalidOperationException or NotImplementedException
            or NotSupportedException)
        {
            throw FargateErrors.MfaCodeUnavailable(request, "this PowerShell cannot ask for it");
        }
    }
}
