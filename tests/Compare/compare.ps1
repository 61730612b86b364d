<#
.SYNOPSIS
Runs the same calls of the AWS CLI against LocalFargate and against moto, and shows where the answers differ.
.DESCRIPTION
Needs aws and moto_server (pip install "moto[server]"). Neither of the two is AWS: what differs is a question, which the
service models and AWS's documentation decide.
#>
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
$missing = @('aws', 'moto_server').Where{ -not (Get-Command $_ -CommandType Application -ErrorAction Ignore) }
if ($missing) {
    $Host.UI.WriteErrorLine("Nothing was compared: there is no $($missing -join ' and no ') on PATH. " +
        'aws is the AWS CLI (apt-get install awscli); moto_server comes with: pip install "moto[server]"')
    exit 1
}

. (Join-Path $PSScriptRoot '../LocalFargate/functions.ps1')

# Waits at most a minute for moto to say where it listens.
function Start-Moto {
    $start = [Diagnostics.ProcessStartInfo]::new((Get-Command moto_server -CommandType Application)[0].Source)
    foreach ($argument in '-H', '127.0.0.1', '-p', '0') { $start.ArgumentList.Add($argument) }
    $start.RedirectStandardError = $true
    $start.RedirectStandardOutput = $true
    $start.Environment['PYTHONUNBUFFERED'] = '1'
    $process = [Diagnostics.Process]::Start($start)
    $deadline = [DateTime]::UtcNow.AddMinutes(1)
    while ([DateTime]::UtcNow -lt $deadline) {
        $line = $process.StandardError.ReadLineAsync()
        if (-not $line.Wait($deadline - [DateTime]::UtcNow) -or $null -eq $line.Result) { break }
        if ($line.Result -match 'Running on (http://127\.0\.0\.1:\d+)') {
            # What it goes on to say must not fill the pipe.
            $null = $process.StandardError.BaseStream.CopyToAsync([IO.Stream]::Null)
            $null = $process.StandardOutput.BaseStream.CopyToAsync([IO.Stream]::Null)
            return $process | Add-Member Url $Matches[1] -PassThru
        }
    }
    $process.Kill($true)
    throw 'moto_server did not start within a minute.'
}

# The answer to one call: the JSON that the AWS CLI prints, or else its error.
function Get-Answer([string] $Url, [string[]] $Argument) {
    $output = aws --endpoint-url $Url --output json @Argument 2>&1
    $printed = ($output | Where-Object { $_ -isnot [Management.Automation.ErrorRecord] }) -join "`n"
    if ($LASTEXITCODE -eq 0) { return $printed ? ($printed | ConvertFrom-Json -AsHashtable) : @{} }
    $words = ($output | Where-Object { $_ -is [Management.Automation.ErrorRecord] }) -join ' '
    $words = $words -match '\((?<code>\w[\w.]*)\) when calling the \w+ operation(?: \(.*?\))?: (?<said>.*)' ?
        "$($Matches.code): $($Matches.said)" : $words
    @{ error = $words.Length -gt 200 ? "$($words[0..60] -join '') …" : $words }
}

# The answer to a call that the comparison builds on.
function Get-Needed([string] $Url, [string[]] $Argument) {
    $answer = Get-Answer $Url $Argument
    if ($answer.error) { throw "aws $($Argument -join ' ') at $Url failed: $($answer.error)" }
    $answer
}

# An answer as lines of path = value, without what no two clouds have in common: ids, addresses and times.
function ConvertTo-Line($Value, [string] $Path = '') {
    if ($Value -is [Collections.IDictionary]) {
        foreach ($key in $Value.Keys) { ConvertTo-Line $Value[$key] ($Path ? "$Path.$key" : $key) }
    }
    elseif ($Value -is [array]) {
        if (-not $Value) { "$Path = []" }
        foreach ($item in $Value) { ConvertTo-Line $item "$Path[]" }
    }
    else {
        $text = $Value -is [DateTime] -or ($Value -is [ValueType] -and $Value -gt 1e8) ? '<time>' : "$Value"
        "$Path = $text" -replace '\b(subnet|sg|sgr|vpc|eni|eni-attach|igw|rtb|rtbassoc|eipalloc|eipassoc)-[0-9a-f]{8,}', '$1-<id>' `
            -replace '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}(-\d{10})?', '<id>' `
            -replace '\b(\d{1,3}\.){3}\d{1,3}\b', '<address>' `
            -replace '\bip-\d+(-\d+){3}\b', 'ip-<address>' -replace '\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b', '<mac>' `
            -replace '\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)', '<time>' -replace '\b([a-z]{2}-[a-z]+-\d)[a-f]\b', '$1<zone>'
    }
}

# Runs the calls against one of the two; what they are about is the same in both, but for ids.
function Get-AnswerLine([string] $Url, [string] $Cluster) {
    $lines = [ordered]@{}
    function Ask([string] $Call, [string[]] $With = @()) {
        $answer = Get-Answer $Url (-split $Call + $With)
        $lines["$($lines.Count + 1). $Call $($With -match '^--')"] = @(ConvertTo-Line $answer | Sort-Object -Unique)
        $answer
    }

    $container = '[{"name":"cli","image":"plain","command":["sleep","300"],"essential":true,"cpu":256,"memory":512}]'
    $definition = '--network-mode', 'awsvpc', '--requires-compatibilities', 'FARGATE', '--cpu', '256', '--memory', '512',
        '--container-definitions', $container
    $one = '--cluster', $Cluster
    $subnet = (Get-Needed $Url 'ec2', 'describe-subnets').Subnets[0]
    $group = (Get-Needed $Url 'ec2', 'describe-security-groups').SecurityGroups[0].GroupId
    $network = "awsvpcConfiguration={subnets=[$($subnet.SubnetId)],securityGroups=[$group],assignPublicIp=ENABLED}"
    $run = '--launch-type', 'FARGATE', '--task-definition', 'compared', '--network-configuration'

    $null = Ask 'sts get-caller-identity'
    $null = Ask 'iam get-role' '--role-name', 'none'
    $null = Ask 'ecs list-clusters'
    $null = Ask 'ecs describe-clusters' '--clusters', $Cluster, 'none'
    $null = Ask 'ecs register-task-definition --family compared' $definition
    $null = Ask 'ecs describe-task-definition' '--task-definition', 'compared'
    $null = Ask 'ecs describe-task-definition' '--task-definition', 'none'
    $null = Ask 'ecs list-task-definitions' '--family-prefix', 'compared', '--status', 'ACTIVE', '--sort', 'DESC'
    $null = Ask 'ecs list-task-definition-families' '--family-prefix', 'compared'
    $null = Ask 'ecs run-task --cluster none' ($run + $network)
    $null = Ask 'ecs run-task' ($one + $run + ($network -replace 'subnet-\w+', 'subnet-0123456789abcdef0'))
    $null = Ask 'ecs run-task' ($one + '--launch-type', 'FARGATE', '--task-definition', 'none', '--network-configuration', $network)
    $started = Ask 'ecs run-task --started-by compare --tags key=who,value=me' ($one + $run + $network)
    $task = "$($started.tasks[0].taskArn)"
    $null = Get-Answer $Url (-split 'ecs wait tasks-running' + $one + '--tasks' + $task)
    $described = Ask 'ecs describe-tasks --include TAGS' ($one + '--tasks' + $task + '0123456789abcdef0123456789abcdef')
    $null = Ask 'ecs list-tasks --started-by compare' $one
    $null = Ask 'ecs list-tasks --cluster none'
    $null = Ask 'ecs execute-command --interactive --command sh' ($one + '--task' + $task)
    $null = Ask 'ecs list-services' $one
    $null = Ask 'ecs describe-services --services none' $one
    $interface = $described.tasks[0].attachments[0].details.Where{ $_.name -eq 'networkInterfaceId' }.value
    $null = Ask 'ec2 describe-network-interfaces' '--filters', "Name=network-interface-id,Values=$interface"
    $null = Ask 'ec2 describe-network-interfaces --filters Name=network-interface-id,Values=eni-0123456789abcdef0'
    $null = Ask 'ec2 describe-network-interfaces --network-interface-ids eni-0123456789abcdef0'
    $null = Ask 'ec2 describe-subnets' '--filters', "Name=subnet-id,Values=$($subnet.SubnetId)"
    $null = Ask 'ec2 describe-route-tables' '--filters', "Name=vpc-id,Values=$($subnet.VpcId)"
    $rule = '--group-id', $group, '--protocol', 'tcp', '--port', '22', '--cidr', '198.51.100.7/32'
    $null = Ask 'ec2 authorize-security-group-ingress' $rule
    $null = Ask 'ec2 authorize-security-group-ingress' $rule
    $null = Ask 'ec2 describe-security-groups' '--filters', "Name=group-id,Values=$group"
    $null = Ask 'ec2 revoke-security-group-ingress' $rule
    $null = Ask 'ec2 revoke-security-group-ingress' $rule
    $null = Ask 'ec2 describe-security-groups --group-ids sg-0123456789abcdef0'
    $null = Ask 'ecs stop-task --reason compared' ($one + '--task' + $task)
    $null = Get-Answer $Url (-split 'ecs wait tasks-stopped' + $one + '--tasks' + $task)
    $null = Ask 'ecs describe-tasks' ($one + '--tasks' + $task)
    $null = Ask 'ecs stop-task --task 0123456789abcdef0123456789abcdef' $one
    $null = Ask 'logs get-log-events --log-group-name none --log-stream-name none'
    $lines
}

$state = Join-Path ([IO.Path]::GetTempPath()) "fargate-compare-$PID"
$fargate = $moto = $null
$environment = @{}
foreach ($name in 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE', 'AWS_ENDPOINT_URL', 'AWS_CONFIG_FILE',
    'AWS_SHARED_CREDENTIALS_FILE', 'AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PAGER', 'AWS_MAX_ATTEMPTS', 'XDG_STATE_HOME') {
    $environment[$name] = [Environment]::GetEnvironmentVariable($name)
    Remove-Item "env:$name" -ErrorAction Ignore
}
try {
    $fargate = Start-LocalFargate $state '--start-seconds', '1'
    $moto = Start-Moto
    $env:AWS_CONFIG_FILE = $env:AWS_SHARED_CREDENTIALS_FILE = Join-Path $state 'none'
    $env:AWS_DEFAULT_REGION = $env:AWS_REGION = $fargate.Place.region
    $env:AWS_PAGER = ''
    $env:AWS_MAX_ATTEMPTS = '1'
    $cluster = $fargate.Place.cluster
    $null = Get-Needed $moto.Url 'ecs', 'create-cluster', '--cluster-name', $cluster
    $ours = Get-AnswerLine $fargate.Place.endpointUrl $cluster
    $theirs = Get-AnswerLine $moto.Url $cluster
    $count = 0
    foreach ($call in $ours.Keys) {
        $differences = @(Compare-Object $ours[$call] $theirs[$call])
        if (-not $differences) { continue }
        $count++
        $call
        $differences | ForEach-Object { '    {0,-13}{1}' -f ($_.SideIndicator -eq '<=' ? 'LocalFargate' : 'moto'), $_.InputObject }
    }
    "$($ours.Count) calls, of which $count are answered differently"
}
finally {
    if ($moto) { $moto.Kill($true) }
    if ($fargate) { Stop-LocalFargate $fargate }
    Remove-Item $state -Recurse -Force -ErrorAction Ignore
    foreach ($name in $environment.Keys) { [Environment]::SetEnvironmentVariable($name, $environment[$name]) }
}

exit 0
