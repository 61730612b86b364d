using EcsFargateLogin.Aws.Iam;
using EcsFargateLogin.Aws.Sts;

namespace EcsFargateLogin.Aws;

/// <summary>Makes the clients of a survey, which no session needs.</summary>
/// <param name="CreateSts">One that tells whom the credentials belong to.</param>
/// <param name="CreateIam">One that tells what they may do.</param>
internal sealed record SurveyClients(Func<StsClient> CreateSts, Func<IamClient> CreateIam);
