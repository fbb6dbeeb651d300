"""The audit in words: what each action, object and result is called."""

from functools import cache

from django.apps import apps

ACTIONS = {
    "account.sign_in": "登录",
    "account.sign_out": "退出登录",
    "account.create": "建立账号",
    "account.disable": "停用账号",
    "account.enable": "启用账号",
    "account.reset_password": "重置密码",
    "account.change_password": "修改密码",
    "account.unlock": "解除锁定",
    "account.end_sessions": "强制下线",
    "account.begin_totp": "设置动态口令",
    "account.confirm_totp": "启用动态口令",
    "account.clear_totp": "清除动态口令",
    "role.grant": "授予角色",
    "role.revoke": "收回角色",
    "break_glass.open": "紧急越界查看",
    "break_glass.close": "结束越界查看",
    "api.token": "建立接口令牌",
    "api.revoke": "作废接口令牌",
    "api.read": "接口读取",
    "audit.verify": "校验审计日志",
    "meeting.call": "召开研判会",
    "meeting.note": "填写会议情况",
    "meeting.decide": "记录研判意见",
    "meeting.add_item": "增加研判事项",
    "meeting.close": "结束研判会",
    "attachment.add": "上传附件",
    "attachment.read": "查看附件",
    "case.answer": "答复异议",
    "case.escalate": "个案提级",
    "case.feedback": "反馈个案结果",
    "case.green_channel": "启用绿色通道",
    "case.reject": "不予认定",
    "case.send_back": "退回个案环节",
    "case.skip": "跳过个案环节",
    "case.objection": "登记异议",
    "case.open": "个案立案",
    "case.paper": "登记个案材料",
    "case.step": "办理个案环节",
    "case.withdraw": "撤回个案",
    "clue.check": "登记线索核查",
    "clue.declare": "农户自主申报",
    "clue.dispatch": "派发线索",
    "clue.escalate": "线索提级",
    "clue.feedback": "反馈线索结果",
    "clue.link": "线索对应农户",
    "clue.progress": "查询申报进度",
    "clue.raise": "筛查生成线索",
    "clue.report": "登记线索",
    "clue.report_list": "批量登记线索",
    "clue.return": "退回线索",
    "clue.verdict": "线索处置结论",
    "contact.assign": "指定联系人",
    "division.serve": "启用区划",
    "lake.snapshot": "写入数据湖快照",
    "quality.run": "核查数据质量",
    "quality.recheck": "复核农户数据",
    "quality.explain": "说明数据问题",
    "quality.draw": "三核对抽样",
    "quality.compare": "登记三核对结果",
    "quality.close": "完成三核对",
    "export.request": "申请导出",
    "export.approve": "批准导出",
    "export.refuse": "不批准导出",
    "export.make": "生成导出文件",
    "export.download": "下载导出文件",
    "export.expire": "导出到期删除",
    "household.edit": "修改农户信息",
    "household.head": "变更户主",
    "household.merge": "并户",
    "household.move": "农户迁移",
    "household.split": "分户",
    "load.apply": "导入数据",
    "load.undo": "撤销导入",
    "loan.wish": "登记贷款意愿",
    "loan.grant": "登记贷款",
    "loan.extend": "登记贷款展期",
    "loan.repay": "登记还款",
    "cover.take_out": "登记保单",
    "cover.end": "登记退保",
    "claim.file": "登记理赔",
    "claim.settle": "登记理赔结果",
    "offer.register": "登记捐赠意向",
    "offer.close": "结束捐赠意向",
    "gift.propose": "提出捐赠对接",
    "gift.answer": "确认捐赠对接",
    "gift.deliver": "登记捐赠交付",
    "gift.cancel": "取消捐赠对接",
    "measure.adjust": "调整帮扶措施",
    "measure.record": "登记帮扶措施",
    "member.add": "增加家庭成员",
    "member.edit": "修改家庭成员",
    "member.remove": "减少家庭成员",
    "member.return": "恢复家庭成员",
    "plan.approve": "审定帮扶计划",
    "plan.draw_up": "制定帮扶计划",
    "plan.return": "退回帮扶计划",
    "plan.submit": "提交帮扶计划",
    "screening.run": "运行筛查",
    "task.answer": "反馈部门任务",
    "task.close": "部门任务销号",
    "task.escalate": "部门任务提级",
    "task.return": "退回部门任务",
    "task.send": "派发部门任务",
    "visit.record": "登记走访",
    "look_back.record": "登记回头看研判",
    "unmask": "查看完整信息",
    "delivery.receive": "推送数据：收到文件",
    "delivery.read": "推送数据：读取",
    "delivery.commit": "推送数据：入库",
    "delivery.accept": "推送数据：确认其余各行入库",
    "delivery.release": "推送数据：放行",
    "delivery.refuse": "推送数据：退回",
    "delivery.stop": "推送数据：停止读取",
    "delivery.map": "推送数据：确认列名",
    "delivery.place": "推送数据：归入农户",
    "delivery.errors": "推送数据：下载错误数据",
    "delivery.withdraw": "推送数据：撤回",
    "delivery.remind": "推送数据：提醒",
    "delivery.match": "推送数据：比对无有效号码的行",
    "match.decide": "比对待核：认定",
    "match.refuse": "比对待核：排除",
}
# The parts of an action without a line of its own.
_NOUNS = {
    "account": "账号", "apitoken": "接口令牌",
    "attachment": "附件", "audit": "审计", "case": "个案", "clue": "线索",
    "contact": "联系人",
    "household": "农户",
    "load": "导入", "measure": "帮扶措施", "meeting": "研判", "member": "家庭成员",
    "plan": "帮扶计划",
    "role": "角色", "screening": "筛查", "task": "部门任务", "visit": "走访",
    "lookback": "回头看研判", "draft": "草稿",
    "meetingitem": "研判事项", "division": "区划", "export": "导出",
    "exportrequest": "导出申请", "notification": "通知", "notice": "公示",
    "loanwish": "贷款意愿", "loan": "贷款", "cover": "保单", "claim": "理赔", "donationoffer": "捐赠意向",
    "matchreview": "比对待核", "delivery": "推送批次",
    "gift": "捐赠对接", "rolegrant": "角色授权", "objection": "异议", "list": "常用查询",
    "self_declaration": "自主申报",
}  # fmt: skip
_VERBS = {
    "add": "新增", "answer": "答复", "approve": "审定", "assign": "指定", "check": "核查", "close": "结束",
    "confirm": "确认", "create": "建立", "delete": "删除", "dispatch": "派发", "edit": "修改", "end": "结束",
    "event": "办理", "export": "导出", "feedback": "反馈", "hand_over": "交接", "head": "变更户主",
    "load": "导入",
    "merge": "合并", "move": "迁移", "open": "开启", "print": "打印", "propose": "提出", "read": "查看",
    "record": "登记", "remove": "减少", "report": "上报", "return": "退回", "review": "审核", "send": "派发",
    "split": "分户", "submit": "提交", "undo": "撤销", "verdict": "处置结论", "withdraw": "撤回",
}  # fmt: skip
# What acts say in the audit that is no column of what they are about.
_WORDS = {
    "anchors": "锚点数", "first_broken": "首条不符", "is_locked": "是否加密", "is_whole": "是否完整",
    "items": "议题数",
    "place": "区划", "role": "角色", "rows": "条数", "undecided": "未议事项", "until_at": "止",
}  # fmt: skip
RESULTS = {"done": "成功", "refused": "被拒绝", "failed": "失败"}
RESULT_TONES = {"done": "done", "refused": "returned", "failed": "overdue"}
TARGETS = _NOUNS


def action_label(action: str) -> str:
    """Name an action; one without a line is put together from its object and verb."""
    if action in ACTIONS:
        return ACTIONS[action]
    noun, _, verb = action.partition(".")
    if not verb:
        return _NOUNS.get(noun, _VERBS.get(noun, action))
    return f"{_NOUNS.get(noun, noun)}：{_VERBS.get(verb, verb)}"


def target_label(kind: str, key: str) -> str:
    """Name what an event is about."""
    return f"{_NOUNS.get(kind, kind)} {key}".strip() or "无"


def changes(
    kind: str, before: dict[str, object], after: dict[str, object]
) -> list[tuple[str, object, object]]:
    """Return column, value before and value after of each column that an event names."""
    labels = _column_labels(kind)
    return [(labels.get(name, name), before.get(name), after.get(name)) for name in sorted({*before, *after})]


@cache
def _column_labels(kind: str) -> dict[str, str]:
    """Return what the columns of a table are called, and what acts write beside them."""
    models = {each._meta.model_name: each for each in apps.get_app_config("records").get_models()}
    fields = models[kind]._meta.concrete_fields if kind in models else ()
    return {**_WORDS, **{field.name: str(field.verbose_name) for field in fields}}
